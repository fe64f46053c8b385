import assert from "node:assert/strict";
import type { KeyPair } from "nkeys.js";
import type { UserInputs } from "../../provider/dynamic/checks/user";
import type { LifeCycle } from "../../provider/dynamic/life-cycle/life-cycle";
import { packUser, type UserState } from "../../provider/dynamic/state/user";
import { isSigned, readTokenSigner, unpackToken } from "../../provider/jwt/packed-token";
import { keyOf, pairOf } from "./keys";

/** The state of a user with what its packed JWT and its id contain. */
export interface ReadableUser extends UserState {
  readonly publicKey: string;
  readonly signingKey: string;
}

/** Labels of the role keys that sign JWTs in tests. */
const ROLES = ["role", "reader", "writer"];

/** Adapts the handler of users to tests that read JWTs and keys. The handler itself gets and returns packed states. */
export function readableUsers({
  check = missing,
  diff = missing,
  create,
  update = missing,
  read = missing,
}: LifeCycle<UserInputs, UserState>): LifeCycle<UserInputs, ReadableUser> {
  const shown = (id: string, outs: UserState = missing()): ReadableUser => ({
    ...outs,
    jwt: isSigned(outs.jwt) ? unpackToken(outs.jwt, id) : unpackToken(outs.jwt, id, signerOf(outs.jwt)),
    publicKey: id,
    signingKey: readTokenSigner(outs.jwt),
  });
  const stored = (state: ReadableUser) => packUser({ ...state }) as unknown as UserState;
  return {
    check,
    diff: (id, olds, news) => diff(id, stored(olds), news),
    async create(inputs) {
      const { id, outs } = await create(inputs);
      return { id, outs: shown(id, outs) };
    },
    async update(id, olds, news) {
      return { outs: shown(id, (await update(id, stored(olds), news)).outs) };
    },
    async read(id, state) {
      return { id, props: shown(id, (await read(id, state && stored(state))).props) };
    },
  };
}

function signerOf(jwt: string): KeyPair {
  const signer = readTokenSigner(jwt);
  const role =
    ROLES.find((label) => keyOf("account", label) === signer) ?? assert.fail(`no role has the key ${signer}`);
  return pairOf("account", role);
}

function missing(): never {
  assert.fail("the handler lacks a method or a state");
}
