import { join } from "node:path";
import { keyOf, seedOf } from "../../support/keys";
import type { Original } from "../original";
import type { Client } from "../places";
import { readNscStore } from "../../../provider/adopt";
import { FREE_USER } from "../../support/arbitraries";
import { keyPath } from "../../../provider/diagnostics/diagnostic";
import { SYSTEM, type AccountDraft, type StoreDraft, type Template } from "./draft";
import { writeStore } from "./folders";
import { accountKey, roleName, signStore, UNLIMITED, type StoreTokens } from "./tokens";

/** Signs a store, and writes it. The original server has it as `nsc generate config --mem-resolver` gives it to one. */
export function storeOriginal(draft: StoreDraft, folder: string): Original {
  const tokens = signStore(draft);
  const folders = writeStore(folder, draft, tokens);
  const accounts = Object.entries({ [SYSTEM]: draft.system, ...draft.accounts });
  const jwtOf = (client: string) => tokens.users[client] ?? "";
  const jetstream = accounts.some(([, { limits }]) => "mem_storage" in limits);
  const storage = jetstream ? `jetstream { store_dir: ${JSON.stringify(join(folder, "streams"))} }` : "";
  return {
    config: serverConfig(tokens, storage),
    jetstream,
    accounts: accounts.map(([name]) => name),
    systemAccount: SYSTEM,
    subjects: accounts.flatMap(([, account]) => subjectsOf(account)),
    clients: accounts.flatMap(([account, { users, signingKeys, limits: ofAccount }]) =>
      Object.entries(users).map(([user, { claims, signedBy }]) => {
        const role = typeof signedBy === "number" ? signingKeys[signedBy] : undefined;
        const accountPaths = [`accounts.${account}`, account];
        const own = [keyPath("users", user), ...(role ? [keyPath("roles", roleName(Number(signedBy)))] : [])];
        const paths = accountPaths.flatMap((path) => own.map((name) => `${path}.${name}`));
        const limits = limitsOf(ofAccount, role ? { ...UNLIMITED, ...role } : claims);
        return { name: `${account}/${user}`, account, accountPaths, paths, limits };
      }),
    ),
    places: ["static", "operator", "renewed"],
    accountIds: () => accountKey,
    proofs: (program) => ({
      original: ({ name }) => ({ jwt: jwtOf(name), seed: seedOf("user", `adoption ${name}`), nkey: false }),
      static: ({ name }) => ({ seed: seedOf("user", `adoption ${name}`) }),
      operator: ({ name }) => ({ jwt: jwtOf(name), seed: seedOf("user", `adoption ${name}`), nkey: false }),
      renewed: ({ name }) => {
        const jwt = program?.jwts[keyOf("user", `adoption ${name}`)];
        return jwt === undefined ? undefined : { jwt, seed: seedOf("user", `adoption ${name}`), nkey: false };
      },
    }),
    // A user whose JWT is not in the store is known to nothing that adopts the store.
    absent: (place, { account, name }) => {
      const user = { [SYSTEM]: draft.system, ...draft.accounts }[account]?.users[name.slice(account.length + 1)];
      return place !== "operator" && user?.stored === false;
    },
    read: () => readNscStore(folders),
  };
}

/** How limits of an account and of a user stop it. Among the claims of an account and a user, an absent limit is zero. */
function limitsOf(account: Template, user: Template): Client["limits"] {
  const limits = [account, { ...UNLIMITED, ...user, conn: -1 }].map(({ conn = -1, subs = -1, payload = -1 }) =>
    [conn, subs, payload].map((limit) => (limit ?? 0) as number),
  );
  if (limits.some(([, subs]) => subs === 0)) {
    return "no subscriptions";
  }
  return limits.flat().some((limit) => limit >= 0) ? "some" : "none";
}

function serverConfig({ operator, accounts }: StoreTokens, jetstream: string): (port: number) => string {
  const preload = Object.entries(accounts).map(([name, token]) => `  ${accountKey(name)}: ${token}`);
  return (port) => `
listen: 127.0.0.1:${port}
${jetstream}
operator: ${operator}
system_account: ${accountKey(SYSTEM)}
resolver: MEMORY
resolver_preload: {
${preload.join("\n")}
}
`;
}

function subjectsOf({ users, signingKeys, exports, imports, claims }: AccountDraft): string[] {
  const templates = [
    ...Object.entries(users).flatMap(([name, user]) => (name === FREE_USER ? [] : [user.claims])),
    ...signingKeys,
  ];
  const permissions = templates.flatMap((template) =>
    ["pub", "sub"].flatMap((kind) => {
      const { allow = [], deny = [] } = (template?.[kind] ?? {}) as { allow?: string[]; deny?: string[] };
      return [...allow, ...deny];
    }),
  );
  const locals = imports.flatMap(({ subject, type, claims: { local_subject: local, to } }) => [
    subject,
    ...(local === undefined ? [] : [local as string]),
    ...(to === undefined ? [] : [type === "stream" ? `${to as string}.${subject}` : (to as string)]),
  ]);
  const mappings = Object.entries((claims.mappings ?? {}) as Record<string, { subject: string }[]>);
  return [
    ...exports.map(({ subject }) => subject),
    ...locals,
    ...mappings.flatMap(([source, to]) => [source, ...to.map(({ subject }) => subject)]),
    ...permissions,
  ].map((subject) => subject.replaceAll(/\$\d+|\{\{wildcard\(\d+\)\}\}/g, "x"));
}
