import { Section, type ConfigValue } from "../../provider/language/section";

/** The values of a section as plain objects, for comparisons. */
export function plainValues(value: ConfigValue): unknown {
  if (value instanceof Section) {
    return Object.fromEntries(value.entries().map(([key, member]) => [key, plainValues(member)]));
  }
  return Array.isArray(value) ? value.map(plainValues) : value;
}
