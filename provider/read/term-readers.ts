import { omitUndefined } from "../model/form/order";
import type { Fields } from "./fields";

/** A term of the model that a source cannot contain. */
export interface Absent {
  /** Why the source does not contain the term, or where it is read instead. */
  readonly absent: string;
}

type Reader<Value, Source> = (source: Source) => Value;

/**
 * One entry for each term of a model type. The compiler rejects a table without an entry for a term, so a new term is
 * either read or declared absent, with the reason. Only optional terms can be absent.
 */
export type TermReaders<T, Source = Fields> = {
  readonly [Key in keyof T]-?: Partial<Pick<T, Key>> extends Pick<T, Key>
    ? Reader<T[Key] | undefined, Source> | Absent
    : Reader<T[Key], Source>;
};

/** Reads every term of a table; terms that are undefined or absent are omitted. */
export function readTerms<T extends object, Source>(readers: TermReaders<T, Source>, source: Source): T {
  const table = Object.entries<Reader<unknown, Source> | Absent>(readers);
  const terms = table.map(([key, reader]) => [key, typeof reader === "function" ? reader(source) : undefined]);
  return omitUndefined<T>(Object.fromEntries(terms) as T);
}

/** Reads every term of a table from fields, and names the fields that no reader took. */
export function readFields<T extends object>(readers: TermReaders<T>, fields: Fields): T {
  const terms = readTerms(readers, fields);
  fields.leaveOutUnknown();
  return terms;
}
