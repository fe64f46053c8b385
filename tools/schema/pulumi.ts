/** The schema from which the Pulumi CLI generates packages for other languages. */
import type { Member, ObjectType, Property, TypeReader, Value } from "./types";

type Json = Readonly<Record<string, unknown>>;

const TOKEN = "nats-auth:index";

/** Returns the token of a type. Generators add suffixes such as `Args` themselves. */
function tokenOf(name: string): string {
  return `${TOKEN}:${name.replace(/(Args|Data)$/, "")}`;
}

/** A component with its arguments and outputs. */
export interface Component {
  readonly token: string;
  readonly description: string;
  readonly args: ObjectType;
  readonly outputs: ObjectType;
}

/** Arguments that are secrets, wherever they occur. */
const SECRET_ARGUMENTS = new Set(["seed", "creds", "signer", "key", "password", "kubeconfig"]);

const ANY = { $ref: "pulumi.json#/Any" };

/** Returns the schema of the package. @param secretOutputs names of outputs that are secrets */
export function pulumiSchema(
  reader: TypeReader,
  components: readonly Component[],
  secretOutputs: readonly string[],
): Json {
  const ofComponents = new Set(components.flatMap(({ args, outputs }) => [args.name, outputs.name]));
  const types = new Types();
  const isSecretArgument = (name: string) => SECRET_ARGUMENTS.has(name);
  const resources = components.map(({ token, description, args, outputs }) => [
    token,
    {
      isComponent: true,
      description,
      inputProperties: types.inputs(args, isSecretArgument),
      requiredInputs: required(args),
      properties: types.outputs(outputs, (name) => secretOutputs.includes(name)),
      required: required(outputs),
    },
  ]);
  const objects = [...reader.objects.values()].filter(({ name }) => !ofComponents.has(name));
  const objectTypes = objects.map((object): [string, Json] => [
    tokenOf(object.name),
    {
      type: "object",
      description: object.description,
      properties: types.inputs(object, isSecretArgument),
      required: required(object),
    },
  ]);
  return {
    resources: Object.fromEntries(resources) as Json,
    types: sorted([...objectTypes, ...types.enums()]),
  };
}

/** Types as the schema describes them. */
class Types {
  readonly #enums = new Map<string, readonly string[]>();

  /** Returns properties that a program sets. Those that must be known are plain: other languages cannot set them to outputs. */
  inputs({ properties }: ObjectType, isSecret: (name: string) => boolean): Json {
    return described(properties, isSecret, (member) => this.#of(member));
  }

  /** Returns properties that a component sets. */
  outputs({ properties }: ObjectType, isSecret: (name: string) => boolean): Json {
    return described(properties, isSecret, (member) => this.#of(neverPlain(member)));
  }

  /** Returns the enums that properties have referred to. */
  enums(): [string, Json][] {
    return [...this.#enums].map(([name, values]) => [
      tokenOf(name),
      { type: "string", enum: values.map((value) => ({ value })) },
    ]);
  }

  #of({ value, isPlain }: Member): Json {
    // A value of any type may be an object of outputs.
    return isPlain && value.kind !== "any" ? { ...this.#typeOf(value, true), plain: true } : this.#typeOf(value, false);
  }

  #typeOf(value: Value, isPlain: boolean): Json {
    switch (value.kind) {
      case "any":
        return ANY;
      case "enum":
        this.#enums.set(value.name, value.values);
        // Other strings are reported by the component, with all problems.
        return oneOf("string", [{ type: "string" }, { type: "string", ...reference(value.name) }], isPlain);
      case "list":
        return { type: "array", items: this.#of(value.items) };
      case "map":
        return { type: "object", additionalProperties: this.#of(value.members) };
      case "object":
        return { type: "object", ...reference(value.name) };
      case "union":
        return unionOf(value.of, isPlain);
      default:
        return { type: value.kind };
    }
  }
}

/** Returns a value with members that may all be outputs. */
function neverPlain({ value }: Member): Member {
  switch (value.kind) {
    case "list":
      return { value: { ...value, items: neverPlain(value.items) }, isPlain: false };
    case "map":
      return { value: { ...value, members: neverPlain(value.members) }, isPlain: false };
    default:
      return { value, isPlain: false };
  }
}

/** Returns properties with their descriptions. */
function described(
  properties: readonly Property[],
  isSecret: (name: string) => boolean,
  typeOf: (member: Member) => Json,
): Json {
  const entries = properties.map((property) => {
    const secret = isSecret(property.name) ? { secret: true } : {};
    const description = `${property.description}${choices(property.value)}`;
    return [property.name, { ...typeOf(property), description, ...secret }] as const;
  });
  return Object.fromEntries(entries);
}

function unionOf(values: readonly Value[], isPlain: boolean): Json {
  const kinds = values.map(({ kind }) => (kind === "enum" ? "string" : kind));
  const isPrimitive = kinds.every((kind) => kind === "string" || kind === "number" || kind === "boolean");
  const types = [...new Set(kinds)].map((type) => ({ type }));
  return isPrimitive ? oneOf(undefined, types, isPlain) : ANY;
}

/** Returns a type with alternatives. @param type the one by which they are passed */
function oneOf(type: string | undefined, types: readonly Json[], isPlain: boolean): Json {
  const alternatives = isPlain ? types.map((one) => ({ ...one, plain: true })) : types;
  return { ...(type === undefined ? {} : { type }), oneOf: alternatives };
}

function reference(name: string): Json {
  return { $ref: `#/types/${tokenOf(name)}` };
}

function required({ properties }: ObjectType): string[] {
  return properties.filter(({ isRequired }: Property) => isRequired).map(({ name }) => name);
}

/** Names the strings that are allowed where the type cannot. */
function choices(value: Value): string {
  const [texts] = value.kind === "union" ? value.of.filter(({ kind }) => kind === "enum") : [];
  return texts?.kind === "enum"
    ? `\n\nOne of the strings ${texts.values.map((text) => JSON.stringify(text)).join(", ")}, or another type.`
    : "";
}

function sorted(entries: readonly (readonly [string, Json])[]): Json {
  const names = entries.map(([name]) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`two types have the token ${repeated}`);
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
