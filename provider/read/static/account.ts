import type { AccountTerms } from "../../model/account/account-terms";
import type { DeclaredImport } from "../../model/shares/imports";
import { emptyToUndefined } from "../../model/form/order";
import type { Permissions } from "../../model/access/permissions";
import { publicKeyProblem } from "../../nkeys/keys";
import type { Fields } from "../fields";
import { readTerms, type Absent, type TermReaders } from "../term-readers";
import { readJetStream, readLimits } from "./limits";
import { readMappings, readTrace } from "./mappings";
import { readPermissions } from "./permissions";
import type { FoundInFile } from "./found-in-file";
import { readExport, readImport } from "./shares";
import { readUsers, type StaticUser } from "./users";

/** An account of a static configuration. It refers to other accounts by their names in the configuration. */
export interface StaticAccount extends AccountTerms {
  /** The account's public key (`A…`): its name, or its `nkey`. */
  readonly publicKey?: string;
  readonly imports?: readonly DeclaredImport[];
  readonly users: readonly StaticUser[];
}

/** A term that nsc and this package store in JWTs. */
const JWT_ONLY: Absent = { absent: "nats-server has no such setting outside of JWTs" };

/** The fields of an account, and those that several terms share. */
interface AccountFields {
  readonly name: string;
  readonly account: Fields;
  readonly defaultPermissions: Permissions | undefined;
  readonly found: FoundInFile;
}

const ACCOUNT: TermReaders<StaticAccount, AccountFields> = {
  publicKey: ({ name, account }) => readPublicKey(name, account),
  exports: ({ name, account, found }) =>
    emptyToUndefined(account.each("exports").map((entry) => readExport(entry, name, found))),
  imports: ({ account, found }) => emptyToUndefined(account.each("imports").map((entry) => readImport(entry, found))),
  limits: ({ account }) => readLimits(account.fields("limits")),
  jetstream: ({ account }) => readJetStream(account),
  mappings: ({ account }) => readMappings(account),
  trace: ({ account }) => readTrace(account),
  defaultPermissions: ({ defaultPermissions }) => defaultPermissions,
  users: ({ account, defaultPermissions, found }) => readUsers(account, defaultPermissions, found),
  authorization: { absent: "the block `authorization.auth_callout` is outside of `accounts`, see callout.ts" },
  signingKeys: JWT_ONLY,
  revocations: JWT_ONLY,
  tags: JWT_ONLY,
  description: JWT_ONLY,
  infoUrl: JWT_ONLY,
};

/** Reads an account of a static configuration. */
export function readAccount(name: string, account: Fields, found: FoundInFile): StaticAccount {
  const defaults = account.fields("default_permissions");
  const defaultPermissions = defaults === undefined ? undefined : emptyToUndefined(readPermissions(defaults));
  const read = readTerms(ACCOUNT, { name, account, defaultPermissions, found });
  account.leaveOutUnknown();
  return read;
}

/** Routes match accounts by name, so an account whose name is a public key has that key. */
function readPublicKey(name: string, account: Fields): string | undefined {
  const path = account.pathOf("nkey");
  const nkey = account.text("nkey");
  const wrong = nkey === undefined ? undefined : publicKeyProblem("account", nkey);
  if (wrong !== undefined) {
    account.notes.wrong(wrong.code, path, wrong.problem, wrong.remedy);
  }
  return publicKeyProblem("account", name) === undefined ? name : nkey;
}
