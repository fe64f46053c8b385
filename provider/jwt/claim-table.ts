import { omitUndefined } from "../model/form/order";

/** Claims by name. A claim whose value is undefined is left out of the JWT. */
export type ClaimValues = Readonly<Record<string, unknown>>;

/**
 * How each property of a type is rendered as claims. The compiler requires an entry for every property of the model; the
 * order of the entries is the order of the claims.
 *
 * An entry receives the property, the object it belongs to, and the context of the rendering.
 */
export type ClaimTable<T, Context = undefined> = {
  readonly [Key in keyof T]-?: (value: T[Key], whole: T, context: Context) => ClaimValues;
};

/** Renders a property as one claim, or as none where it is undefined. */
export function claim<V>(
  name: string,
  convert: (value: V) => unknown = (value) => value,
): (value: V | undefined) => ClaimValues {
  return (value) => ({ [name]: value === undefined ? undefined : convert(value) });
}

/** Renders nothing: another entry renders the property, or it has no place in a JWT. Each use gives its reason. */
export function noClaim(): ClaimValues {
  return {};
}

/** The claims of an object, in the order of a table. */
export function claimsOf<T extends object, Context>(
  table: ClaimTable<T, Context>,
  whole: T,
  context: Context,
): Record<string, unknown> {
  const keys = Object.keys(table) as (keyof T)[];
  const parts = keys.map((key) => table[key](whole[key], whole, context));
  return omitUndefined<Record<string, unknown>>(Object.assign({}, ...parts) as Record<string, unknown>);
}
