import { diagnose, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { lifetimeDiagnostics, type Lifetime } from "../../model/keys/lifetime";
import { omitUndefined } from "../../model/form/order";
import { suppliedKeyDiagnostics, rotationDiagnostics, type Rotation } from "../../model/keys/rotation";
import { booleanShape, optional, checkShape, stringShape } from "../../model/form/shape";
import type { SuppliedToken } from "../../jwt/set-jwts";
import { TAGS, userTagsDiagnostics } from "../../model/form/tags";
import { nameDiagnostics } from "../../model/users/users";
import { userKeyDiagnostics, type SuppliedUserKeys } from "../../nkeys/key-checks";
import { ifKnown } from "../life-cycle/unknown";
import { knownKeyDiagnostics } from "./keys";

/** The inputs of a user. */
export interface UserInputs extends Lifetime {
  readonly name: string;
  readonly account: string;
  readonly seed?: string;
  readonly publicKey?: string;
  readonly keepSeed?: boolean;
  readonly version?: string | number;
  /** What identifies an existing JWT. */
  readonly supplied?: SuppliedToken;
  /** Public key of the role, which signs the JWT in the program. */
  readonly signingKey?: string;
  readonly tags?: string[];
  /** Set when the JWT is a credential by itself. */
  readonly bearer?: boolean;
  /** How often a JWT was signed again because the present one was in plain text when it became a credential. */
  readonly reissues?: number;
}

/** Checks a user, as far as it is known. Paths are relative to the inputs. */
export function userDiagnostics(inputs: UserInputs): Diagnostic[] {
  const { name, account, signingKey, tags, version, lifetime, renewBefore, expires, notBefore } = inputs;
  const keys = omitUndefined<SuppliedUserKeys>({ seed: ifKnown(inputs.seed), publicKey: ifKnown(inputs.publicKey) });
  const times = { lifetime: ifKnown(lifetime), renewBefore: ifKnown(renewBefore), expires: ifKnown(expires) };
  return [
    ...nameDiagnostics("name", name),
    ...checkShape("account", stringShape, account, (key) => knownKeyDiagnostics("", "account", key)),
    ...userKeyDiagnostics("", keys),
    ...userRotationDiagnostics("", inputs, omitUndefined<Rotation>({ version: ifKnown(version) })),
    ...checkShape("keepSeed", optional(booleanShape), ifKnown(inputs.keepSeed), () => []),
    ...(signingKey === undefined ? [] : knownKeyDiagnostics("signingKey", "account", signingKey)),
    ...checkShape("tags", optional(TAGS), ifKnown(tags), (list = []) => userTagsDiagnostics(list)),
    ...checkShape("bearer", optional(booleanShape), ifKnown(inputs.bearer), () => []),
    ...lifetimeDiagnostics(omitUndefined<Lifetime>({ ...times, notBefore: ifKnown(notBefore) })),
  ];
}

/** Reports a public key that was supplied before and is removed: the key would stay, but without a seed. */
export function lostKeyDiagnostics(olds: Partial<UserInputs>, { seed, publicKey, version }: UserInputs): Diagnostic[] {
  const hasOther = [seed, publicKey, version].some((value) => value !== undefined);
  const isLost = olds.publicKey !== undefined && !hasOther;
  return diagnose({
    code: "NA5032",
    path: "publicKey",
    problem: isLost
      ? "is missing, which would leave the user without credentials: its seed is not managed here"
      : undefined,
    remedy: "Keep `publicKey`, or set `rotation.version` to generate a new key.",
  });
}

/** Checks the rotation of a user's key; `path` is the rotation's. */
function userRotationDiagnostics(path: string, keys: SuppliedUserKeys, rotation: Rotation | undefined): Diagnostic[] {
  const isSupplied = keys.seed !== undefined || keys.publicKey !== undefined;
  return prefixPaths(path, [...rotationDiagnostics(rotation), ...(isSupplied ? suppliedKeyDiagnostics(rotation) : [])]);
}
