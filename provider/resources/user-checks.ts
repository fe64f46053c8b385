import { under, type Diagnostic } from "../model/form/diagnostics";
import { lifetimeDiagnostics, type Lifetime } from "../model/keys/lifetime";
import { defined } from "../model/form/order";
import { givenKeyDiagnostics, rotationDiagnostics, type Rotation } from "../model/keys/rotation";
import { optional, shaped, text } from "../model/form/shape";
import { TAGS, userTagsDiagnostics } from "../model/form/tags";
import { nameDiagnostics } from "../model/users/users";
import { known } from "./dynamic";
import { publicKeyDiagnostics, seedDiagnostics } from "./nkey";

/** What a user is made from. */
export interface UserInputs extends Lifetime {
  readonly name: string;
  readonly account: string;
  readonly seed?: string;
  readonly publicKey?: string;
  readonly version?: string | number;
  readonly signer?: string;
  readonly tags?: string[];
}

/** The keys that a program may give for a user. */
export type GivenUserKeys = Pick<UserInputs, "seed" | "publicKey">;

/** All that is wrong with a user, as far as it is known; paths start at the inputs. */
export function userDiagnostics(inputs: UserInputs): Diagnostic[] {
  const { name, account, signer, tags, version, lifetime, renewBefore, expires, notBefore } = inputs;
  const keys = defined<GivenUserKeys>({ seed: known(inputs.seed), publicKey: known(inputs.publicKey) });
  const times = { lifetime: known(lifetime), renewBefore: known(renewBefore), expires: known(expires) };
  return [
    ...nameDiagnostics("name", name),
    ...shaped("account", text, account, (is) => publicKeyDiagnostics("", "account", is)),
    ...userKeyDiagnostics("", keys),
    ...userRotationDiagnostics("", inputs, defined<Rotation>({ version: known(version) })),
    ...seedDiagnostics("signer", "account", known(signer)),
    ...shaped("tags", optional(TAGS), known(tags), (are = []) => userTagsDiagnostics(are)),
    ...lifetimeDiagnostics(defined<Lifetime>({ ...times, notBefore: known(notBefore) })),
  ];
}

/** What is wrong when the public key that a program gave before is left out: the key would stay, and have no seed. */
export function lostKeyDiagnostics(olds: Partial<UserInputs>, { seed, publicKey, version }: UserInputs): Diagnostic[] {
  const hasOther = [seed, publicKey, version].some((given) => given !== undefined);
  const problem = "is left out, and nobody but its owner has the seed, so that there would be no credentials";
  const remedy = "Keep `publicKey`, or give `rotation.version` for a new key.";
  return olds.publicKey === undefined || hasOther ? [] : [{ path: "publicKey", problem, remedy }];
}

/** What is wrong with the keys that a program gives for a user; `path` is the user's. */
export function userKeyDiagnostics(path: string, { seed, publicKey }: GivenUserKeys): Diagnostic[] {
  const at = (property: string) => (path === "" ? property : `${path}.${property}`);
  return [
    ...seedDiagnostics(at("seed"), "user", seed),
    ...publicKeyDiagnostics(at("publicKey"), "user", publicKey),
    ...(seed === undefined || publicKey === undefined
      ? []
      : [
          {
            path: at("publicKey"),
            problem: "stands beside a seed, which has its own public key",
            remedy: "Give one of the two.",
          },
        ]),
  ];
}

/** What is wrong with the rotation of a user's key; `path` is the rotation's. */
export function userRotationDiagnostics(
  path: string,
  keys: GivenUserKeys,
  rotation: Rotation | undefined,
): Diagnostic[] {
  const given = keys.seed !== undefined || keys.publicKey !== undefined;
  return under(path, [...rotationDiagnostics(rotation), ...(given ? givenKeyDiagnostics(rotation) : [])]);
}
