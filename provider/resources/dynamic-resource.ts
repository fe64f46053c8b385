import * as pulumi from "@pulumi/pulumi";
import { HIDDEN } from "../dynamic/life-cycle/hidden";
import { checkHandlers } from "./handlers";
import { partsOf } from "./later-parts";
import { areHidden, markNeverHidden, mayBeHidden } from "./secrecy";

/**
 * The text that the engine stores in the state of each resource to load its provider again, also to delete the resource
 * years later: these paths never change. Unlike the serialized provider that `pulumi.dynamic.Resource` stores, this
 * constant text is small and does not depend on versions.
 */
function handler(module: string): string {
  return `exports.handler = () => require("pulumi-nats-auth/dynamic/${module}").provider`;
}

/** Outputs that a handler derives from inputs. They are as secret as these. */
export interface Derived {
  /** The inputs. A seed that only signs is not among them: nothing of it is in a signature. */
  readonly from: unknown;
  /** The names of the outputs. */
  readonly outputs: pulumi.Input<readonly string[]>;
}

/** A resource whose provider is the export `provider` of a file in `provider/dynamic`. */
export abstract class DynamicResource extends pulumi.CustomResource {
  /**
   * @param module the file's name, without extension
   * @param type the resource's type, as previews show it
   * @param props the inputs, and the outputs as undefined
   * @param derived the outputs that are secret if an input is; other secret outputs are in the options
   */
  constructor(
    module: string,
    type: string,
    name: string,
    props: Record<string, unknown>,
    opts?: pulumi.CustomResourceOptions,
    derived?: Derived,
  ) {
    checkHandlers();
    const secretOutputs = new SecretOutputs(opts?.additionalSecretOutputs, derived);
    const properties = secretOutputs.ofProperties({ ...props, __provider: handler(module) });
    const { stackTraceLimit } = Error;
    const prepareStackTrace: unknown = Reflect.get(Error, "prepareStackTrace");
    // The SDK keeps a stack trace for each property, which takes long for thousands of resources. Each resource also has one in the
    // state, which would be a third of it, and begins in this package: the one of its component leads to the program. Errors of
    // transformations, which the program may have, keep theirs.
    const options = secretOutputs.ofOptions(opts, () => {
      Error.stackTraceLimit = 0;
      Error.prepareStackTrace = String;
    });
    try {
      super(`pulumi-nodejs:dynamic/nats-auth:${type}`, name, properties, options);
    } finally {
      Object.assign(Error, { stackTraceLimit, prepareStackTrace });
    }
    markNeverHidden(this.id);
    const outputs = Object.values(this).filter((value) => pulumi.Output.isInstance(value));
    outputs.forEach(handleRejection);
  }
}

/** Returns an empty text that is as secret as some arguments. The handler replaces the text; its secrecy stays. */
export function emptyText(args: unknown): pulumi.Output<string> {
  const hidden = pulumi.output(areHidden(args));
  return hidden.apply((is) => (is ? pulumi.secret("") : pulumi.output("")));
}

/**
 * The secret outputs of a resource: those of its options, and derived ones if an input is a secret. A program cannot know the
 * latter when it declares the resource, but the resource is registered only when all of its inputs have been evaluated:
 * {@link HIDDEN} is one of them.
 */
class SecretOutputs {
  readonly #hidden: pulumi.Input<true | undefined>;
  /** The lists that may be the one of the registration: transformations of the program can copy or replace the first one. */
  readonly #lists: string[][] = [];

  constructor(
    private readonly declared: readonly string[] = [],
    derived?: Derived,
  ) {
    if (derived === undefined || !mayBeHidden(derived.from)) {
      return;
    }
    const { from, outputs } = derived;
    const add = (isHidden: boolean, names: readonly string[]) => (isHidden ? this.#add(names) : undefined);
    if (isList(outputs)) {
      const added = areHidden(from).then((isHidden) => add(isHidden, outputs));
      // The resource is not registered then, for the same reason.
      added.catch(() => undefined);
      this.#hidden = added;
    } else {
      this.#hidden = pulumi.all([areHidden(from), outputs]).apply(([isHidden, names]) => add(isHidden, names));
    }
  }

  ofProperties(props: object): pulumi.Inputs {
    return this.#hidden === undefined ? { ...props } : { ...props, [HIDDEN]: this.#hidden };
  }

  /**
   * Returns options with a transformation that runs after all others, also after those of parents and of the stack.
   *
   * @param transformed is called at the end of that transformation
   */
  ofOptions(opts: pulumi.CustomResourceOptions | undefined, transformed: () => void): pulumi.CustomResourceOptions {
    const last: pulumi.ResourceTransformation = (args) => {
      const props = this.ofProperties(args.props);
      const result = { props, opts: this.#withList(args.opts) };
      transformed();
      return result;
    };
    const addLast: pulumi.ResourceTransformation = ({ resource }) => {
      // The types do not show this list. It contains the transformations of parents when the SDK runs the first one.
      (resource as { readonly __transformations?: pulumi.ResourceTransformation[] }).__transformations?.push(last);
      return undefined;
    };
    return { ...this.#withList(opts ?? {}), transformations: [addLast, ...(opts?.transformations ?? [])] };
  }

  #withList(opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
    const list = [...new Set([...this.declared, ...(opts.additionalSecretOutputs ?? [])])];
    this.#lists.push(list);
    return { ...opts, additionalSecretOutputs: list };
  }

  #add(outputs: readonly string[]): true {
    this.#lists.forEach((list) => list.push(...outputs));
    return true;
  }
}

function isList(outputs: Derived["outputs"]): outputs is readonly string[] {
  return Array.isArray(outputs);
}

/**
 * Marks the rejection of an output as handled. A resource that is not registered rejects all of its outputs, and its
 * component has reported the reason; Node.js would add a warning if the program reads an output later.
 */
export function handleRejection(output: pulumi.Output<unknown>): void {
  // The value and the resources are new promises at each call, and reject only where something waits for them.
  const { isKnown, isSecret } = partsOf(output);
  for (const part of [isKnown, isSecret]) {
    part.catch(() => undefined);
  }
}

/**
 * A value of which each part may be an output of another resource. A union of plain values is one input: otherwise, an
 * output of a boolean would be neither an output of `true` nor one of `false`.
 */
export type DeepInput<T> = [T] extends [string | number | boolean | undefined]
  ? pulumi.Input<T>
  : T extends readonly (infer Element)[]
    ? pulumi.Input<readonly DeepInput<Element>[]>
    : T extends object
      ? pulumi.Input<{ [Key in keyof T]: DeepInput<T[Key]> }>
      : pulumi.Input<T>;
