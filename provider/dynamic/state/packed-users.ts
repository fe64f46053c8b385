import { isRecord } from "../../model/form/shape";
import type { Folding } from "../life-cycle/folding";
import { pack, unpack } from "./packed-texts";

/** From this number of users on, the state of an account has them as one text: one of few users stays readable. */
const MANY = 50;

/**
 * The property with many users among the inputs of an account: not among the details, because the CLI logs each property, and each
 * member of an object in addition.
 */
export const USERS = "__users";

/** Packs many users for the engine, which copies, logs and compares each member of an object. */
export function packUsers(users: object): string {
  return pack(JSON.stringify(users));
}

/** The inverse of {@link packUsers}. */
export function unpackUsers(packed: string): object {
  return JSON.parse(unpack(packed)) as object;
}

/** Returns whether an account has so many users that the state does not repeat them. @param users by name */
export function areManyUsers(users: object): boolean {
  return Object.keys(users).length >= MANY;
}

/**
 * Adapts the folding of a state to users that are one text, if they are many. Earlier versions stored an object.
 */
export function packingUsers<Flat extends { users: object }, Stored extends object>(
  folding: Folding<Flat, Stored>,
): Folding<Flat, Stored> {
  return {
    fold(properties) {
      const users: unknown = properties.users;
      const areMany = isRecord(users) && areManyUsers(users);
      return folding.fold(areMany ? { ...properties, users: packUsers(users) } : properties);
    },
    unfold(properties) {
      const flat = folding.unfold(properties);
      const users: unknown = flat.users;
      return typeof users === "string" ? { ...flat, users: unpackUsers(users) } : flat;
    },
  };
}
