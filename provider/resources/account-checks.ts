import { eachTerm, type AccountTerms } from "../model/account-terms";
import { accountDiagnostics, type Account, type AccountDeclaration, type Role } from "../model/account";
import { keyPath, under, type Diagnostic } from "../model/diagnostics";
import { importsDiagnostics } from "../model/import-checks";
import { IMPORTS, type Import } from "../model/imports";
import { defined } from "../model/order";
import { permissionsDiagnostics } from "../model/permissions";
import { anything, being, isRecord, mapOf, objectOf, optional, shaped, text, type Shape } from "../model/shape";
import { nameDiagnostics, type User } from "../model/users";
import { known } from "./dynamic";
import { publicKeyDiagnostics, seedDiagnostics } from "./nkey";

/** An account, and the seed that signs for it. */
export type SignedAccount = Account & { signer: string };

const SHAPE = objectOf<SignedAccount>({
  ...eachTerm(() => anything),
  name: anything,
  publicKey: being("the account's public key", "Give the account's public key.", () => true),
  users: mapOf(anything),
  roles: optional(mapOf(anything)),
  imports: anything,
  signer: being("the seed of an operator", "Give the seed that signs.", () => true),
});
const USER = objectOf<User>({ publicKey: text, signingKey: text, permissions: anything });
const ROLE = objectOf<Role>({ signingKey: text, permissions: anything });

/** All that is wrong with an account by keys and with who signs it, as far as it is known; paths start at the inputs. */
export function signedAccountDiagnostics(inputs: SignedAccount): Diagnostic[] {
  const { publicKey, users, roles, signer } = inputs;
  return [
    ...shaped("", SHAPE, knownMembers(inputs), () => []),
    ...accountDiagnostics(declaration(inputs)),
    ...publicKeyDiagnostics("publicKey", "account", publicKey),
    ...holdersDiagnostics("users", USER, users),
    ...holdersDiagnostics("roles", ROLE, roles ?? {}),
    ...importedDiagnostics(inputs),
    ...seedDiagnostics("signer", "operator", known(signer)),
  ];
}

/** The inputs without what the engine adds to them, and something of the right shape for what is not known as a whole. */
function knownMembers(inputs: SignedAccount): SignedAccount {
  const own = Object.entries(inputs).filter(([key]) => !key.startsWith("__"));
  const members = own.map(([key, value]): [string, unknown] => [
    key,
    ["users", "roles"].includes(key) && isUnknown(value) ? {} : value,
  ]);
  return Object.fromEntries(members) as unknown as SignedAccount;
}

/** What can be said of the account without keys. */
function declaration(inputs: SignedAccount): AccountDeclaration {
  return defined<AccountDeclaration>({
    name: known(inputs.name) ?? "(unknown)",
    ...(eachTerm((term) => known(inputs[term])) as AccountTerms),
  });
}

/** Users and roles: each holds keys and permissions. */
function holdersDiagnostics(path: string, shape: Shape, holders: Readonly<Record<string, User | Role>>): Diagnostic[] {
  const known = isRecord(holders) ? Object.entries(holders).filter(([, holder]) => !isUnknown(holder)) : [];
  return known.flatMap(([name, holder]) => {
    const at = keyPath(path, name);
    return [...nameDiagnostics(at, name), ...shaped(at, shape, holder, holderDiagnostics)];
  });
}

function holderDiagnostics({ signingKey, permissions, ...rest }: User | Role): Diagnostic[] {
  return [
    ...("publicKey" in rest ? publicKeyDiagnostics("publicKey", "user", rest.publicKey) : []),
    ...publicKeyDiagnostics("signingKey", "account", signingKey),
    ...under("permissions", permissionsDiagnostics(known(permissions))),
  ];
}

function importedDiagnostics({ publicKey, imports }: SignedAccount): Diagnostic[] {
  return shaped("imports", optional(IMPORTS), known(distinguished(imports)), (entries = []) => [
    ...importsDiagnostics(publicKey, entries),
    ...entries.flatMap((_, index) => publicKeyDiagnostics(`[${index}].account`, "account", imports?.[index]?.account)),
  ]);
}

/** The imports, each from an account of its own where it is not known from which one. */
function distinguished(imports: readonly Import[] | undefined): readonly Import[] | undefined {
  const of = (entry: Import, index: number) =>
    isRecord(entry) && isUnknown(entry.account) ? { ...entry, account: `(unknown ${index})` } : entry;
  return Array.isArray(imports) ? imports.map(of) : imports;
}

/** True when nothing of a value is known, not even its shape. */
function isUnknown(value: unknown): boolean {
  return typeof value === "string" && known(value) === undefined;
}
