import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Nkey } from "../../../provider";
import { readStaticConfig } from "../../../provider/adopt";
import { keyPath } from "../../../provider/diagnostics/diagnostic";
import { keyOf, seedOf } from "../../support/keys";
import type { Proof } from "../../support/wire";
import type { Original } from "../original";
import type { Client } from "../places";
import { GLOBAL, type FileClient, type FileDraft } from "./draft";

/** Writes a static configuration. The original server has the same one. */
export function fileOriginal({ config, accounts, systemAccount, clients, named }: FileDraft, folder: string): Original {
  const text = JSON.stringify(withKeys(config), undefined, 2);
  const file = join(folder, "nats.conf");
  const known = new Map(clients.map((client) => [client.name, client]));
  const proof = ({ name }: Client): Proof => {
    const { login } = known.get(name) ?? { login: {} };
    return login === "nkey" ? { seed: seedOf("user", label(name)) } : login;
  };
  const keyed = clients.filter(({ login }) => login === "nkey");
  writeFileSync(file, text);
  return {
    config: (port) => `listen: 127.0.0.1:${port}\n${store(folder)}${text.slice(1, -1)}`,
    jetstream: text.includes('"jetstream"'),
    accounts,
    systemAccount: systemAccount ?? undefined,
    subjects: subjectsIn(config, accounts),
    clients: clients.map((client) => toClient(client, named)),
    places: ["static", "renewed"],
    accountIds: (program) => (name) => (program === undefined ? name : program.accounts[name]),
    proofs: (program) => ({
      original: proof,
      static: proof,
      operator: proof,
      renewed: (client) => {
        const jwt = program?.jwts[keyOf("user", label(client.name))];
        return jwt === undefined ? proof(client) : { jwt, ...proof(client), nkey: false };
      },
    }),
    absent: () => false,
    read: () =>
      readStaticConfig({
        file,
        accountKey: (name) => new Nkey(name, { kind: "account" }),
        names: named ? Object.fromEntries(keyed.map(({ name }) => [keyOf("user", label(name)), userName(name)])) : {},
      }),
  };
}

function label(client: string): string {
  return `adoption file ${client}`;
}

function userName(client: string): string {
  return client.slice(client.indexOf("/") + 1);
}

function store(folder: string): string {
  return `store_dir: ${JSON.stringify(join(folder, "store"))}\n`;
}

/** The configuration with public keys in place of the names of keys. */
function withKeys(value: unknown): unknown {
  if (typeof value === "string") {
    const [, name] = /^@(.+)$/.exec(value) ?? [];
    return name === undefined ? value : keyOf(name.includes("/") ? "user" : "account", label(name));
  }
  if (Array.isArray(value)) {
    return value.map(withKeys);
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, own]) => [key, withKeys(own)]))
    : value;
}

function toClient({ name, account, path, limits, login }: FileClient, named: boolean): Client {
  const user = named ? userName(name) : keyOf("user", label(name));
  const accountPaths = [
    keyPath("accounts", account),
    keyPath("", account),
    ...(account === GLOBAL ? ["authorization"] : []),
  ];
  const names = [user, userName(name), ...(typeof login === "object" && "user" in login ? [login.user] : [])];
  const paths = [path, ...accountPaths.flatMap((own) => names.map((one) => keyPath(`${own}.users`, one)))];
  return { name, account, accountPaths, paths, limits };
}

/** The subjects of a configuration. Names of accounts in them become references to these accounts. */
function subjectsIn(config: unknown, accounts: readonly string[]): string[] {
  const refer = (subject: string) =>
    subject
      .split(".")
      .map((token, index) => (index > 0 && accounts.includes(token) ? `{${token}}` : token))
      .join(".");
  const found = collect(config, "").map((subject) => refer(subject.replaceAll(/\$\d+|\{\{wildcard\(\d+\)\}\}/g, "x")));
  return [...new Set(found)].filter((subject) => subject !== ">");
}

/** Settings whose strings are subjects. */
const SUBJECTS = [
  "allow",
  "deny",
  "pub",
  "publish",
  "sub",
  "subscribe",
  "stream",
  "service",
  "subject",
  "to",
  "destination",
];

function collect(value: unknown, key: string): string[] {
  if (typeof value === "string") {
    return SUBJECTS.includes(key) ? [value] : [];
  }
  if (Array.isArray(value)) {
    return value.flatMap((own) => collect(own, key));
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, own]) => [
    ...(key === "mappings" ? [name, ...(typeof own === "string" ? [own] : [])] : []),
    ...collect(own, name),
  ]);
}
