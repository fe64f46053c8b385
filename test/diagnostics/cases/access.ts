import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import type { Permissions } from "../../../provider/model/access/permissions";
import type { DiagnosticCase } from "./case";

const inUser = (user: object) => accountDiagnostics({ name: "A", users: { u: user } });
const allowing = (...allow: string[]): Permissions => ({ subscribe: { allow } });
const between = (start: string, end: string) => ({ ranges: [{ start, end }] });

/** Inputs that produce each code of the area. */
export const ACCESS_CASES: readonly DiagnosticCase[] = [
  {
    name: "empty restrictions",
    codes: ["NA1201", "NA1201", "NA1201"],
    find: () => inUser({ sourceNetworks: [], times: { ranges: [] }, connectionTypes: [] }),
  },
  { name: "an empty list of allowed subjects", codes: ["NA1202"], find: () => inUser({ permissions: allowing() }) },
  { name: "an unknown template", codes: ["NA1203"], find: () => inUser({ permissions: allowing("a.{{nam()}}") }) },
  {
    name: "a template in default permissions",
    codes: ["NA1204"],
    find: () => accountDiagnostics({ name: "A", defaultPermissions: allowing("a.{{name()}}") }),
  },
  {
    name: "a queue group in a list with templates",
    codes: ["NA1205"],
    find: () => inUser({ permissions: allowing("a workers", "a.{{name()}}") }),
  },
  {
    name: "an address without a prefix length",
    codes: ["NA1206"],
    find: () => inUser({ sourceNetworks: ["10.0.0.0"] }),
  },
  {
    name: "a time of day without seconds",
    codes: ["NA1207"],
    find: () => inUser({ times: between("08:00", "09:00:00") }),
  },
  {
    name: "a time range that ends when it starts",
    codes: ["NA1208"],
    find: () => inUser({ times: between("08:00:00", "08:00:00") }),
  },
  {
    name: "a time zone in lower case",
    codes: ["NA1209"],
    find: () => inUser({ times: { ...between("08:00:00", "09:00:00"), zone: "europe/berlin" } }),
  },
  { name: "a connection type in lower case", codes: ["NA1210"], find: () => inUser({ connectionTypes: ["mqtt"] }) },
];
