import { join } from "node:path";
import { sameFileDiagnostics, writeCreds, type FolderError } from "../../../provider/command/creds-folder";
import { declareUsers } from "../../../provider/components/user-set/declared-users";
import { parseUserFile } from "../../../provider/components/user-set/user-file";
import type { UserSetArgs } from "../../../provider/components/user-set/user-set-args";
import {
  expiredUsersDiagnostics,
  LATE_SET,
  roleDiagnostics,
  sameSetDiagnostics,
  setArgsDiagnostics,
  unknownUser,
} from "../../../provider/components/user-set/user-set-checks";
import type { SetContext } from "../../../provider/components/account/declared-account";
import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import { removedUsersDiagnostics } from "../../../provider/dynamic/checks/user-set";
import { removedSetDiagnostics } from "../../../provider/dynamic/checks/removed-sets";
import { renamedSetDiagnostics } from "../../../provider/dynamic/checks/renamed-sets";
import { rotationSizeDiagnostics } from "../../../provider/dynamic/checks/token-size";
import { formatKeys, type SetKeys } from "../../../provider/model/users/set-keys";
import { formatLines } from "../../../provider/model/users/set-text";
import { setUsersDiagnostics, shortenDiagnostics, type SetUser } from "../../../provider/model/users/set-users";
import { keyOf, seedOf } from "../../support/keys";
import { temporaryFolder } from "../../support/local-server";
import { valueOf } from "../../support/mocks";
import type { DiagnosticCase } from "./case";

const users = (named: Record<string, SetUser>) => new Map(Object.entries(named));
const find = (named: Record<string, SetUser>, others: Record<string, string> = {}) =>
  setUsersDiagnostics(users(named), "r", { name: "A", roles: { r: {} }, others: new Map(Object.entries(others)) });

async function declared(args: Partial<UserSetArgs>): Promise<readonly Diagnostic[]> {
  const { users: all, secrets } = declareUsers(args as UserSetArgs);
  return [...(await valueOf(all)).diagnostics, ...(await valueOf(secrets)).diagnostics];
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `d-${index}`);
const lines = (count: number) => formatLines(names(count).map((name) => [name, ""]));
const keyedSet = (count: number, source: string): SetKeys => ({
  ...{ role: "r", signingKey: "A", users: lines(count) },
  keys: formatKeys(names(count).map((name) => [name, { publicKey: `U${name}${source}`, made: 1 }])),
});

/** Tries to write to a folder in one that does not exist. */
function writeToMissingFolder(): readonly Diagnostic[] {
  try {
    writeCreds(join(temporaryFolder("creds"), "missing", "folder"), []);
    return [];
  } catch (error) {
    return (error as FolderError).diagnostics.map((found) => ({ ...found, value: '"missing/folder"' }));
  }
}

/** Inputs that produce each code of sets of users. */
export const USER_SETS_CASES: readonly DiagnosticCase[] = [
  { name: "a set that is created too late", codes: ["NA1901"], find: () => LATE_SET },
  {
    name: "a user of a set that its account has as well",
    codes: ["NA1902"],
    find: () => find({ "d-1": {} }, { "d-1": 'the account "A"' }),
  },
  { name: "a name twice in a list", codes: ["NA1902"], find: () => declared({ users: ["d-1", "d-1"] }) },
  {
    name: "names that differ in normalization",
    codes: ["NA1903"],
    find: () => find({ "caf\u00e9": {}, "cafe\u0301": {} }),
  },
  {
    name: "25 users with empty names of tags",
    codes: [...Array.from({ length: 20 }, () => "NA1011" as const), "NA1904"],
    find: () =>
      shortenDiagnostics(
        find(Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`d-${index}`, { tags: [""] }]))),
      ),
  },
  { name: "a user that a set does not have", codes: ["NA1905"], find: () => [unknownUser("devices", "d-9")] },
  {
    name: "a set with users and a file",
    codes: ["NA1909", "NA1906"],
    find: () => [
      ...setArgsDiagnostics({ account: {}, role: "r", users: {} } as unknown as UserSetArgs),
      ...setArgsDiagnostics({
        account: { setContext: {} },
        role: "r",
        users: {},
        file: "f.csv",
      } as unknown as UserSetArgs),
    ],
  },
  { name: "users that are a number", codes: ["NA1906"], find: () => declared({ users: 1 as unknown as string[] }) },
  {
    name: "a role that the account does not have",
    codes: ["NA1907"],
    find: () => roleDiagnostics("devise", { roles: { device: {} } } as unknown as SetContext),
  },
  {
    name: "a role whose seed is elsewhere",
    codes: ["NA1907"],
    find: () => roleDiagnostics("device", { roles: { device: { publicKey: "A" } } } as unknown as SetContext),
  },
  {
    name: "a CSV file without names",
    codes: ["NA1908"],
    find: () => parseUserFile("devices.csv", Buffer.from("id,tags\n1,a")).diagnostics,
  },
  {
    name: "an empty CSV file, and one with the names of the columns alone",
    codes: ["NA1908", "NA1914"],
    find: () => ["", "name,tags\n"].flatMap((text) => parseUserFile("devices.csv", Buffer.from(text)).diagnostics),
  },
  {
    name: "a file with a part of the users",
    codes: ["NA1915"],
    find: () => removedUsersDiagnostics(lines(10_000), lines(3_000), undefined),
  },
  {
    name: "a set that is renamed, and one with another parent",
    codes: ["NA1916", "NA1916"],
    find: () =>
      renamedSetDiagnostics({
        olds: { devices: keyedSet(3_000, "1"), "old sensors": keyedSet(20, "1") },
        news: { devices: keyedSet(3_000, "2"), sensors: keyedSet(20, "2") },
      }),
  },
  {
    name: "expired users of a set, with and without names",
    codes: ["NA4009", "NA4009"],
    find: () =>
      [true, false].flatMap((areShown) =>
        expiredUsersDiagnostics(users({ "d-1": {}, "d-2": {} }), { expires: "2026-03-01" }, areShown, 1_800_000_000),
      ),
  },
  {
    name: "a rotation of 12,000 users with an overlap",
    codes: ["NA1917"],
    find: () => {
      const all = names(12_000);
      const previous = { users: Object.fromEntries(all.map((name) => [name, [{ publicKey: `U${name}`, until: 1 }]])) };
      const revoked = Object.fromEntries(
        all.map((name) => [`U${name.padStart(55, "A")}`, { at: 1_800_000_000, by: [] }]),
      );
      return rotationSizeDiagnostics(undefined, { name: "A", publicKey: "A", users: {}, previous }, () => revoked);
    },
  },
  {
    name: "a set that is missing, with most of its users",
    codes: ["NA1918"],
    find: () => removedSetDiagnostics({ olds: { devices: keyedSet(3_000, "1") }, news: {} }, { "d-0": {} }),
  },
  {
    name: "a number of removals that is a percentage",
    codes: ["NA1008"],
    find: () =>
      setArgsDiagnostics({
        account: { setContext: {} },
        role: "r",
        users: {},
        maxRemovals: "10%",
      } as unknown as UserSetArgs),
  },
  {
    name: "a user with a seed and a public key, and one with creds that are none",
    codes: ["NA1910", "NA1910"],
    find: () =>
      declared({
        users: { "d-1": { seed: seedOf("user", "1"), publicKey: keyOf("user", "2") }, "d-2": { creds: "seed" } },
      }),
  },
  {
    name: "a rotation of a key that the program supplies",
    codes: ["NA1323"],
    find: () => declared({ users: { "d-1": { seed: seedOf("user", "1"), rotation: { version: 2 } } } }),
  },
  { name: "a folder for creds in a folder that does not exist", codes: ["NA1911"], find: writeToMissingFolder },
  { name: "two sets of one name", codes: ["NA1912"], find: () => sameSetDiagnostics("devices", ["devices"]) },
  {
    name: "two users with one file",
    codes: ["NA1913"],
    find: () => sameFileDiagnostics("creds/A/d-1.creds", "d-1", "D-1"),
  },
];
