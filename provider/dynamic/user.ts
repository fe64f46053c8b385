import { readTokenTime } from "../jwt/packed-token";
import { omitUndefined } from "../model/form/order";
import { toCheckFailures, withStateVersion, type LifeCycle } from "./life-cycle/life-cycle";
import { nowInSeconds } from "./life-cycle/clock";
import { lostKeyDiagnostics, userDiagnostics, type UserInputs } from "./checks/user";
import {
  acknowledge,
  hasDrifted,
  changesSecrecy,
  changesSeed,
  getSecrecy,
  getStoredSeed,
  normalizeUser,
  findReplacements,
  issueUser,
  needsNewJwt,
  packUser,
  createUserKey,
  withCondition,
  type OwnKey,
  type UserState,
} from "./state/user";

/** Creates the handler of `User`. @param now returns the time in seconds since 1970 */
export function userProvider(now: () => number): LifeCycle<UserInputs, UserState> {
  const lifeCycle: LifeCycle<UserInputs, UserState> = {
    check(olds, news) {
      const found = toCheckFailures([...userDiagnostics(news), ...lostKeyDiagnostics(olds, news)]);
      return Promise.resolve({ inputs: found.length > 0 ? news : normalizeUser(olds, news, now()), failures: found });
    },

    diff(id, olds, news) {
      const replaces = findReplacements(id, olds, news);
      const changesState = changesSeed(olds, news) || changesSecrecy(olds, news) || hasDrifted(olds);
      const changes = replaces.length > 0 || needsNewJwt(olds, news) || changesState;
      return Promise.resolve({ changes, replaces, deleteBeforeReplace: false });
    },

    create(inputs) {
      const own = inputs.publicKey === undefined ? createUserKey(inputs.seed) : { publicKey: inputs.publicKey };
      return Promise.resolve({ id: own.publicKey, outs: issueUser(inputs, own, now()) });
    },

    update(id, olds, news) {
      const { version } = olds;
      const own = omitUndefined<Omit<OwnKey, "publicKey">>({ seed: getStoredSeed(olds, news), version });
      if (needsNewJwt(olds, news)) {
        const { supplied: _supplied, ...inputs } = news;
        // Revocations have a resolution of one second: a new JWT must be younger than the one that it replaces.
        const issued = Math.max(now(), readTokenTime(olds.jwt) + 1);
        return Promise.resolve({ outs: issueUser(inputs, { publicKey: id, ...own }, issued) });
      }
      const kept = { ...olds, seed: undefined, ...own, bearer: getSecrecy(news) };
      return Promise.resolve({ outs: acknowledge(omitUndefined<UserState>(kept), now()) });
    },

    read(id, state) {
      return Promise.resolve(state === undefined ? { id } : { id, props: withCondition(state, now()) });
    },
  };
  return withStateVersion(lifeCycle, { 5: packUser });
}

/** The handler of `User`. */
export const provider = userProvider(nowInSeconds);
