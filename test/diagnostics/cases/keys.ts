import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import { lifetimeDiagnostics } from "../../../provider/model/keys/lifetime";
import { revocationsDiagnostics } from "../../../provider/model/keys/revocations";
import { suppliedKeyDiagnostics, rotationDiagnostics, type Rotation } from "../../../provider/model/keys/rotation";
import { signingKeysDiagnostics } from "../../../provider/model/keys/signing-keys";
import { publicKeyDiagnostics, seedDiagnostics, userKeyDiagnostics } from "../../../provider/nkeys/key-checks";
import { keyOf, seedOf } from "../../support/keys";
import type { DiagnosticCase } from "./case";

const SEED = seedOf("user", "golden");
const PUBLIC_KEY = keyOf("user", "golden");

const inSeed = (text: string) => (): Diagnostic[] => seedDiagnostics("seed", "account", text);
const inPublicKey = (text: string) => (): Diagnostic[] => publicKeyDiagnostics("publicKey", "account", text);

const KEYS: readonly DiagnosticCase[] = [
  { name: "a seed with a character too many", codes: ["NA1301"], find: inSeed(`${seedOf("account", "golden")}A`) },
  { name: "a text in place of a public key", codes: ["NA1302"], find: inPublicKey("billing") },
  { name: "a public key without its first character", codes: ["NA1302"], find: inPublicKey(PUBLIC_KEY.slice(1)) },
  {
    name: "signing keys that are not public keys of accounts",
    codes: ["NA1302", "NA1302", "NA1304", "NA1302"],
    find: () => signingKeysDiagnostics(["billing", PUBLIC_KEY, SEED, SEED.slice(1)]),
  },
  { name: "the seed of a user in place of that of an account", codes: ["NA1303"], find: inSeed(SEED) },
  { name: "the public key of a user in place of that of an account", codes: ["NA1303"], find: inPublicKey(PUBLIC_KEY) },
  {
    name: "the public key of an account in place of an xkey",
    codes: ["NA1303"],
    find: () => publicKeyDiagnostics("xkey", "xkey", keyOf("account", "golden")),
  },
  { name: "a seed in place of a public key", codes: ["NA1304"], find: inPublicKey(SEED) },
  { name: "a public key in place of a seed", codes: ["NA1305"], find: inSeed(keyOf("account", "golden")) },
  {
    name: "a seed and a public key of one user",
    codes: ["NA1306"],
    find: () => userKeyDiagnostics("users.u", { seed: SEED, publicKey: PUBLIC_KEY }),
  },
];

const LIFETIMES: readonly DiagnosticCase[] = [
  { name: "a lifetime of half a second", codes: ["NA1311"], find: () => lifetimeDiagnostics({ lifetime: "500ms" }) },
  {
    name: "a lifetime above 100 years, renewed at no time",
    codes: ["NA1311", "NA1311"],
    find: () => lifetimeDiagnostics({ lifetime: "36526d", renewBefore: 0 }),
  },
  {
    name: "an expiry without a time zone, and a start in another format",
    codes: ["NA1312", "NA1312"],
    find: () => lifetimeDiagnostics({ expires: "2027-01-31T18:00:00", notBefore: "31.1.2027" }),
  },
  {
    name: "an expiry beside a lifetime",
    codes: ["NA1313"],
    find: () => lifetimeDiagnostics({ lifetime: "1d", expires: "2027-01-31" }),
  },
  { name: "a renewal without a lifetime", codes: ["NA1314"], find: () => lifetimeDiagnostics({ renewBefore: "1d" }) },
  {
    name: "a renewal as long as the lifetime",
    codes: ["NA1315"],
    find: () => lifetimeDiagnostics({ lifetime: "1d", renewBefore: "24h" }),
  },
  {
    name: "credentials that expire when they become valid",
    codes: ["NA1316"],
    find: () => lifetimeDiagnostics({ notBefore: "2027-01-31T00:00:00Z", expires: "2027-01-31" }),
  },
];

/** Inputs that produce each code of the area. */
export const KEYS_CASES: readonly DiagnosticCase[] = [
  ...KEYS,
  ...LIFETIMES,
  {
    name: "an empty rotation version and an invalid overlap",
    codes: ["NA1321", "NA1322"],
    find: () => rotationDiagnostics({ version: "", overlap: "a while" }),
  },
  {
    name: "a rotation version that is an object",
    codes: ["NA1321"],
    find: () => rotationDiagnostics({ version: {} } as unknown as Rotation),
  },
  {
    name: "a rotation version beside a supplied key",
    codes: ["NA1323"],
    find: () => suppliedKeyDiagnostics({ version: 1 }),
  },
  {
    name: "the revocation of an account among users, on a date",
    codes: ["NA1331", "NA1312"],
    find: () => revocationsDiagnostics({ [keyOf("account", "golden")]: "2026-03-01" }, "U"),
  },
  {
    name: "the revocation of a user among accounts",
    codes: ["NA1331"],
    find: () => revocationsDiagnostics({ [PUBLIC_KEY]: 0 }, "A"),
  },
];
