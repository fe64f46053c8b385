/** The schema from which the Pulumi CLI generates packages for other languages. */
import type { ObjectType, Property, TypeReader, Value } from "./types";

type Json = Readonly<Record<string, unknown>>;

const TOKEN = "nats-auth:index";

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
      inputProperties: types.properties(args, isSecretArgument),
      requiredInputs: required(args),
      properties: types.properties(outputs, (name) => secretOutputs.includes(name)),
      required: required(outputs),
    },
  ]);
  const objects = [...reader.objects.values()].filter(({ name }) => !ofComponents.has(name));
  const objectTypes = objects.map((object): [string, Json] => [
    `${TOKEN}:${object.name}`,
    {
      type: "object",
      description: object.description,
      properties: types.properties(object, isSecretArgument),
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

  properties({ properties }: ObjectType, isSecret: (name: string) => boolean): Json {
    const entries = properties.map(({ name, value, description }) => {
      const secret = isSecret(name) ? { secret: true } : {};
      return [name, { ...this.#of(value), description: `${description}${choices(value)}`, ...secret }] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Returns the enums that properties have referred to. */
  enums(): [string, Json][] {
    return [...this.#enums].map(([name, values]) => [
      `${TOKEN}:${name}`,
      { type: "string", enum: values.map((value) => ({ value })) },
    ]);
  }

  #of(value: Value): Json {
    switch (value.kind) {
      case "any":
        return ANY;
      case "enum":
        this.#enums.set(value.name, value.values);
        // Other strings are reported by the component, with all problems.
        return { type: "string", oneOf: [{ type: "string" }, { type: "string", ...reference(value.name) }] };
      case "list":
        return { type: "array", items: this.#of(value.items) };
      case "map":
        return { type: "object", additionalProperties: this.#of(value.members) };
      case "object":
        return { type: "object", ...reference(value.name) };
      case "union":
        return unionOf(value.of);
      default:
        return { type: value.kind };
    }
  }
}

function unionOf(values: readonly Value[]): Json {
  const kinds = values.map(({ kind }) => (kind === "enum" ? "string" : kind));
  const isPrimitive = kinds.every((kind) => kind === "string" || kind === "number" || kind === "boolean");
  return isPrimitive ? { oneOf: [...new Set(kinds)].map((type) => ({ type })) } : ANY;
}

function reference(name: string): Json {
  return { $ref: `#/types/${TOKEN}:${name}` };
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
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
