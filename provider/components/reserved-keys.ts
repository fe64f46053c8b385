import { diagnose, keyPath, type Diagnostic } from "../diagnostics/diagnostic";
import { hasAssignedPrototype, isRecord, isReservedKey, reservedKey } from "../model/form/shape";

/** A value without the keys that Pulumi cannot process, and the problems with these keys. */
interface Cleaned<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Removes the keys that Pulumi cannot process from plain objects and lists, at any depth. Pulumi would lose some of them
 * silently, and fail on others. Outputs are not searched.
 *
 * @param path the path of the value
 */
export function removeReservedKeys<T>(value: T, path = ""): Cleaned<T> {
  const parts = partsOf(value, path);
  if (parts === undefined) {
    return { value, diagnostics: [] };
  }
  const members = parts.members.map(([key, at, member]) => [key, removeReservedKeys(member, at)] as const);
  const diagnostics = [...parts.diagnostics, ...members.flatMap(([, { diagnostics: found }]) => found)];
  const isClean = diagnostics.length === 0;
  const values = members.map(([key, { value: member }]) => [key, member] as const);
  const copy = Array.isArray(value) ? values.map(([, member]) => member) : Object.fromEntries(values);
  return { value: isClean ? value : (copy as T), diagnostics };
}

/** The members of a value, each with its path, and the problems with those that are left out. */
interface Parts extends Pick<Cleaned<unknown>, "diagnostics"> {
  readonly members: readonly (readonly [key: string, path: string, member: unknown])[];
}

function partsOf(value: unknown, path: string): Parts | undefined {
  if (Array.isArray(value)) {
    const members = value.map((item: unknown, index) => [String(index), `${path}[${index}]`, item] as const);
    return { members, diagnostics: [] };
  }
  const isAssigned = hasAssignedPrototype(value);
  if (!isAssigned && !isRecord(value)) {
    return undefined;
  }
  const entries = Object.entries<unknown>(value as Record<string, unknown>);
  const reserved = entries.map(([key]) => key).filter(isReservedKey);
  const found = isAssigned ? ["__proto__", ...reserved] : reserved;
  return {
    members: entries
      .filter(([key]) => !isReservedKey(key))
      .map(([key, member]) => [key, keyPath(path, key), member] as const),
    diagnostics: found.flatMap((key) => diagnose(reservedKey(key, path))),
  };
}
