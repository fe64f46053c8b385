/** A JSON Schema of Pulumi programs in YAML, with which editors complete and check the arguments of the components. */
import type { Component } from "./pulumi";
import type { ObjectType, TypeReader, Value } from "./types";

type Json = Readonly<Record<string, unknown>>;

/** A value that Pulumi computes: a text with `${…}`, or a call of a built-in function. */
const COMPUTED = {
  anyOf: [
    { type: "string", pattern: "\\$\\{" },
    { type: "object", patternProperties: { "^fn::": {} }, additionalProperties: false, minProperties: 1 },
  ],
};

/** Returns the schema. */
export function pulumiYamlSchema(reader: TypeReader, components: readonly Component[]): Json {
  const outputs = new Set(components.map((component) => component.outputs.name));
  const objects = [...reader.objects.values()].filter(({ name }) => !outputs.has(name));
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Pulumi programs in YAML with pulumi-nats-auth",
    type: "object",
    properties: { resources: { type: "object", additionalProperties: { allOf: components.flatMap(resourceOf) } } },
    definitions: {
      computed: COMPUTED,
      ...Object.fromEntries(objects.map((object) => [object.name, objectOf(object)])),
    },
  };
}

function resourceOf({ token, args }: Component): Json[] {
  const [name = "", , type = ""] = token.split(":");
  const condition = {
    type: "object",
    properties: { type: { enum: [token, `${name}:${type}`] } },
    required: ["type"],
  };
  return [{ if: condition, then: { type: "object", properties: { properties: definition(args.name) } } }];
}

function objectOf({ description, properties }: ObjectType): Json {
  return {
    type: "object",
    description,
    properties: Object.fromEntries(
      properties.map(({ name, value, description: text }) => [
        name,
        { description: text, ...computed(schemaOf(value)) },
      ]),
    ),
    required: properties.filter(({ isRequired }) => isRequired).map(({ name }) => name),
    additionalProperties: false,
  };
}

function schemaOf(value: Value): Json {
  switch (value.kind) {
    case "any":
      return {};
    case "enum":
      return { enum: value.values };
    case "list":
      return { type: "array", items: computed(schemaOf(value.items.value)) };
    case "map":
      return { type: "object", additionalProperties: computed(schemaOf(value.members.value)) };
    case "object":
      return definition(value.name);
    case "union":
      return { anyOf: value.of.map(schemaOf) };
    default:
      return { type: value.kind };
  }
}

function computed(schema: Json): Json {
  return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, definition("computed")] };
}

function definition(name: string): Json {
  return { $ref: `#/definitions/${name}` };
}
