import assert from "node:assert/strict";
import type { UserInputs } from "../../provider/dynamic/checks/user";
import type { LifeCycle } from "../../provider/dynamic/life-cycle/life-cycle";
import { packUser, type UserState } from "../../provider/dynamic/state/user";
import { readTokenSigner, unpackToken } from "../../provider/jwt/packed-token";

/** The state of a user with what its packed JWT and its id contain. */
export interface ReadableUser extends UserState {
  readonly publicKey: string;
  readonly signingKey: string;
}

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
    jwt: unpackToken(outs.jwt, id),
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

function missing(): never {
  assert.fail("the handler lacks a method or a state");
}
