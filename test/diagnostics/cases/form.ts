import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import { INFO_BYTES } from "../../../provider/model/form/info";
import { checkShape, objectOf, stringShape } from "../../../provider/model/form/shape";
import type { DiagnosticCase } from "./case";

const PAIR = objectOf<{ name: string; publish: string }>({ name: stringShape, publish: stringShape });
const inPair = (value: object) => checkShape("", PAIR, value, () => []);

const inAccount = (account: object) => accountDiagnostics({ name: "A", ...account });
const inUser = (user: object) => inAccount({ users: { u: user } });

/** Inputs that produce each code of the area. */
export const FORM_CASES: readonly DiagnosticCase[] = [
  {
    name: "a property with the name that JWTs have for it",
    codes: ["NA1001"],
    find: () => inPair({ name: "a", publish: "b", pub: "c" }),
  },
  { name: "a misspelled property", codes: ["NA1001"], find: () => inPair({ name: "a", publish: "b", publsh: "c" }) },
  { name: "a missing property", codes: ["NA1002"], find: () => inPair({ name: "a" }) },
  { name: "a number in place of a string", codes: ["NA1003"], find: () => inPair({ name: 5, publish: "a" }) },
  { name: "a string in place of an object", codes: ["NA1003"], find: () => inUser({ permissions: "a" }) },
  { name: "a string in place of a list", codes: ["NA1003"], find: () => inUser({ tags: "a" }) },
  { name: "a list in place of a map", codes: ["NA1003"], find: () => inAccount({ users: ["a"] }) },
  { name: "a string in place of a boolean", codes: ["NA1003"], find: () => inUser({ bearer: "yes" }) },
  { name: "half of a surrogate pair", codes: ["NA1004"], find: () => inAccount({ description: "half \ud83d" }) },
  { name: "a size with an ambiguous unit", codes: ["NA1005"], find: () => inUser({ limits: { payload: "64KB" } }) },
  {
    name: "a duration without a unit",
    codes: ["NA1006"],
    find: () => inUser({ permissions: { responses: { expires: "30" } } }),
  },
  {
    name: "a duration of zero",
    codes: ["NA1007"],
    find: () => inUser({ permissions: { responses: { expires: "0s" } } }),
  },
  {
    name: "a negative limit and a size above the maximum",
    codes: ["NA1008", "NA1008"],
    find: () => inUser({ limits: { subscriptions: -1, payload: "2GiB" } }),
  },
  {
    name: "a number of responses out of range",
    codes: ["NA1008"],
    find: () => inUser({ permissions: { responses: { max: 0 } } }),
  },
  {
    name: "a weight out of range",
    codes: ["NA1008"],
    find: () => inAccount({ mappings: { a: [{ subject: "b", weight: 101 }] } }),
  },
  {
    name: "a long description",
    codes: ["NA1009"],
    find: () => inAccount({ description: "x".repeat(INFO_BYTES + 1) }),
  },
  { name: "a URL without a host", codes: ["NA1010"], find: () => inAccount({ infoUrl: "example.org" }) },
  {
    name: "an empty tag and a tag in upper case",
    codes: ["NA1011", "NA1011"],
    find: () => inAccount({ tags: ["", "Tenant:Blue"] }),
  },
  { name: "long tags of a user", codes: ["NA1012"], find: () => inUser({ tags: ["x".repeat(509)] }) },
  {
    name: "a user with a name that Pulumi cannot process",
    codes: ["NA1013"],
    find: () => inAccount({ users: { toString: {} } }),
  },
];
