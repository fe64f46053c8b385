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
const SECRET_ARGUMENTS = new Set(["seed", "creds", "signer", "key", "kubeconfig"]);

const ANY = { $ref: "pulumi.json#/Any" };

/** Returns the schema of the package. @param secretOutputs names of outputs that are secrets */
export function pulumiSchema(
  reader: TypeReader,
  components: readonly Component[],
  secretOutputs: readonly string[],
): Json {
  const ofComponents = new Set(components.flatMap(({ args, outputs }) => [args.name, outputs.name]));
  const enums = new Map<string, readonly string[]>();
  const typeOf = (value: Value): Json => {
    switch (value.kind) {
      case "any":
        return ANY;
      case "enum":
        enums.set(value.name, value.values);
        // Other strings are reported by the component, with all problems.
        return { type: "string", oneOf: [{ type: "string" }, { type: "string", ...reference(value.name) }] };
      case "list":
        return { type: "array", items: typeOf(value.items) };
      case "map":
        return { type: "object", additionalProperties: typeOf(value.members) };
      case "object":
        return { type: "object", ...reference(value.name) };
      case "union":
        return unionOf(value.of);
      default:
        return { type: value.kind };
    }
  };
  const unionOf = (values: readonly Value[]): Json => {
    const kinds = values.map(({ kind }) => (kind === "enum" ? "string" : kind));
    const isPrimitive = kinds.every((kind) => kind === "string" || kind === "number" || kind === "boolean");
    return isPrimitive ? { oneOf: [...new Set(kinds)].map((type) => ({ type })) } : ANY;
  };
  const properties = ({ properties: all }: ObjectType, isSecret: (name: string) => boolean): Json =>
    Object.fromEntries(
      all.map(({ name, value, description }) => [
        name,
        {
          ...typeOf(value),
          description: `${description}${choices(value)}`,
          ...(isSecret(name) ? { secret: true } : {}),
        },
      ]),
    );
  const resources = components.map(({ token, description, args, outputs }) => [
    token,
    {
      isComponent: true,
      description,
      inputProperties: properties(args, (name) => SECRET_ARGUMENTS.has(name)),
      requiredInputs: required(args),
      properties: properties(outputs, (name) => secretOutputs.includes(name)),
      required: required(outputs),
    },
  ]);
  const types = [...reader.objects.values()]
    .filter(({ name }) => !ofComponents.has(name))
    .map((object) => [
      `${TOKEN}:${object.name}`,
      {
        type: "object",
        description: object.description,
        properties: properties(object, (name) => SECRET_ARGUMENTS.has(name)),
        required: required(object),
      },
    ]);
  const enumTypes = [...enums].map(([name, values]) => [
    `${TOKEN}:${name}`,
    { type: "string", enum: values.map((value) => ({ value })) },
  ]);
  return {
    resources: Object.fromEntries(resources) as Json,
    types: sorted([...types, ...enumTypes] as [string, Json][]),
  };
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
