import { setTimeout } from "node:timers/promises";
import type { Validity } from "../../../provider/jwt/sign";
import { readStore, type StoredTokens } from "../../../provider/read/store";
import { withOperatorServer } from "../../adopt/operator-server";
import { FREE, signAccount, signActivation, signOperator, signUser, UNLIMITED, type Permitted } from "../../read/sign";
import { codesAndPaths } from "../../support/diagnostics";
import { keyOf, seedOf } from "../../support/keys";
import { publish, subscribe, Wire } from "../../support/wire";
import { ISSUED_AT } from "../../support/world";

/** The time at which stores are read. */
export const NOW = Math.floor(Date.now() / 1000);
/** Times before and after it. */
export const PAST = ISSUED_AT + 60;
export const FUTURE = NOW + 3600;

export const EXPORTER = keyOf("account", "exporter");
export const IMPORTER = keyOf("account", "importer");

/** What the importing account uses of the exporting one. */
export const SHARES = [
  { type: "service", exported: "asked.*", subject: "asked.a" },
  { type: "stream", exported: "told.*", subject: "told.a" },
] as const;

/** A role, as the scope of a signing key. */
export function scope(label: string, template: object, role = label) {
  return { kind: "user_scope", key: keyOf("account", label), role, template };
}

/** A signed JWT: its claims under `nats`, its times, and the key that signs it. */
export interface Signed {
  readonly nats?: object;
  readonly validity?: Partial<Validity>;
  readonly by?: string;
}

/** A store in which one account imports private exports of another. */
export interface Situation {
  readonly operator?: Omit<Signed, "validity">;
  readonly exporter?: Signed;
  /** Claims of both exports. */
  readonly exports?: object;
  readonly importer?: Signed;
  /** Claims of both imports. */
  readonly imports?: object;
  /** @default a valid activation */
  readonly token?: (permitted: Permitted) => Promise<string | undefined> | undefined;
  /** The user of the importing account. */
  readonly user?: Signed;
  /** The subjects in the exporting account, if they are not those of the importing account. */
  readonly subjects?: Readonly<Record<(typeof SHARES)[number]["type"], string>>;
}

/** The possible actions in a situation. */
export interface Possible {
  /** The importing account's user can log in. */
  readonly login: boolean;
  readonly service: boolean;
  readonly stream: boolean;
}

/** A store, and the JWTs of the two users. */
interface Store extends StoredTokens {
  readonly subjects: Situation["subjects"];
  readonly users: { readonly exporter: string; readonly importer: string };
}

/** Signs the JWTs of a situation. */
export async function storeOf(situation: Situation): Promise<Store> {
  const { operator = {}, exporter = {}, importer = {}, user = {}, token = signActivation } = situation;
  const exports = SHARES.map(({ type, exported: subject }) => ({
    type,
    subject,
    token_req: true,
    ...situation.exports,
  }));
  const imports = SHARES.map(async ({ type, subject }) => ({
    type,
    subject,
    account: EXPORTER,
    token: await token({ exporter: "exporter", importer: "importer", type, subject }),
    ...situation.imports,
  }));
  const strict = operator.nats !== undefined && "strict_signing_key_usage" in operator.nats;
  const by = strict ? "KO signing" : "KO";
  const signing = { limits: UNLIMITED, signing_keys: [keyOf("account", "exporter signing")] };
  const ofExporter = { ...signing, exports, ...exporter.nats };
  const ofImporter = { limits: UNLIMITED, imports: await Promise.all(imports), ...importer.nats };
  const accounts = [
    await signAccount("SYS", { limits: UNLIMITED }, {}, by),
    await signAccount("exporter", ofExporter, exporter.validity, exporter.by ?? by),
    await signAccount("importer", ofImporter, importer.validity, importer.by ?? by),
  ];
  const issuers = { exporter: { issuer_account: EXPORTER }, importer: { issuer_account: IMPORTER } };
  const users = {
    exporter: await signUser("u", "exporter", "exporter signing", { ...FREE, ...issuers.exporter }),
    importer: await signUser(
      "user",
      "user",
      user.by ?? "importer",
      { ...issuers.importer, ...(user.nats ?? FREE) },
      user.validity,
    ),
  };
  const tokenOf = (origin: string, jwt: string) => ({ origin, jwt });
  const seeds = new Map(
    ["exporter", "importer", "exporter signing", "importer role"].map((label) => [
      keyOf("account", label),
      seedOf("account", label),
    ]),
  );
  const stored = ["SYS", "exporter", "importer"].map((name, index) => ({
    token: tokenOf(name, accounts[index] ?? ""),
    users: name === "importer" ? [tokenOf("user", users.importer)] : [],
  }));
  const jwt = await signOperator(operator.nats ?? {}, operator.by);
  return {
    operator: tokenOf("KO", jwt),
    accounts: stored,
    seedOf: (key) => seeds.get(key),
    users,
    subjects: situation.subjects,
  };
}

/** Milliseconds within which the server closes a connection that exceeds a limit from the start. */
const CLOSING = 60;

/** Asks a real server. */
export function askServer({
  operator,
  accounts,
  users,
  subjects = { service: "asked.a", stream: "told.a" },
}: Store): Promise<Possible> {
  return withOperatorServer(
    operator.jwt,
    accounts.map(({ token }) => token.jwt),
    async (port) => {
      const importer = await logIn(port, "user", users.importer);
      const exporter = await logIn(port, "exporter", users.exporter);
      const arrives = async (from: Wire | undefined, sent: string, to: Wire | undefined, received: string) => {
        if (from === undefined || to === undefined) {
          return false;
        }
        await to.send(subscribe(received, 1));
        await from.send(publish(sent));
        await to.send("");
        return to.received.some((message) => message.subject === received);
      };
      const possible = {
        login: importer !== undefined,
        service: await arrives(importer, "asked.a", exporter, subjects.service),
        stream: await arrives(exporter, subjects.stream, importer, "told.a"),
      };
      await Promise.all([importer?.close(), exporter?.close()]);
      return possible;
    },
  );
}

async function logIn(port: number, user: string, jwt: string): Promise<Wire | undefined> {
  try {
    const client = await Wire.open(port, { seed: seedOf("user", user), jwt, nkey: false });
    // The server accepts a client without subscriptions, and closes its connection a moment later.
    await setTimeout(CLOSING);
    return (await client.send("")) === "closed" ? undefined : client;
  } catch {
    return undefined;
  }
}

/** Returns what adoption permits, and the diagnostics. */
export function adopt(store: Store): [Possible, string[]] {
  const { accounts, leftOut } = readStore(store, NOW);
  const { users = {}, imports = [] } = accounts.importer ?? {};
  const login = users.user !== undefined;
  const has = (type: string) => login && imports.some((entry) => entry.type === type);
  return [{ login, service: has("service"), stream: has("stream") }, codesAndPaths(leftOut)];
}

export const ALL: Possible = { login: true, service: true, stream: true };
export const NO_IMPORT: Possible = { login: true, service: false, stream: false };
export const NOTHING: Possible = { login: false, service: false, stream: false };

/** The claims of an operator that requires signing keys. */
export const STRICT = { signing_keys: [keyOf("operator", "KO signing")], strict_signing_key_usage: true };
/** An importing account with a signing key. */
export const SIGNING: Signed = { nats: { signing_keys: [keyOf("account", "importer signing")] } };

/** A situation, its possible actions, and the diagnostics of adoption. */
export type Case = readonly [what: string, situation: Situation, possible: Possible, leftOut: readonly string[]];
