import fc from "fast-check";
import { exported, FREE_USER, mappings } from "../../support/arbitraries";
import type { Export } from "../../../provider/model/shares/exports";
import type { Mappings } from "../../../provider/model/subjects/mappings";
import { disjoint, drawnImport, NAMES, seldom, takenBy, type DrawnImport, type Offer } from "../generate";
import { GLOBAL, type FileClient, type FileDraft } from "./draft";
import { drawnUser, permissionBlock, present, type DrawnUser } from "./generate-users";

/** An account, generated before the exports of other accounts are known. */
interface DrawnAccount {
  readonly users: readonly DrawnUser[];
  readonly exports: readonly Export[];
  readonly imports: readonly DrawnImport[];
  readonly mappings: Mappings | undefined;
  readonly limits: Readonly<Record<string, number>> | undefined;
  readonly defaults: Record<string, unknown> | undefined;
  readonly jetstream: unknown;
  /** How several things are written that can be written in several ways. */
  readonly short: boolean;
}

const account: fc.Arbitrary<DrawnAccount> = fc.record({
  users: fc.array(drawnUser, { maxLength: 3 }),
  exports: fc.array(exported, { maxLength: 3 }),
  imports: fc.array(drawnImport, { maxLength: 3 }),
  mappings: seldom(mappings, 6),
  limits: seldom(
    fc.record(
      { max_connections: fc.nat(3), max_subscriptions: fc.nat(3), max_payload: fc.constantFrom(0, 1, 10) },
      { requiredKeys: [] },
    ),
    8,
  ),
  defaults: seldom(permissionBlock, 5),
  jetstream: seldom(
    fc.constantFrom<unknown[]>(true, "enabled", "disabled", { max_memory: 1_000_000, max_file: 0, max_streams: 2 }),
    8,
  ),
  short: fc.boolean(),
});

/** Which account is the system account, by which setting. */
const system = fc.constantFrom("none", "SYS by setting", "$SYS by name", "$SYS by setting", "SYS without a setting");

/** The block `authorization`, and other settings outside of accounts. */
const outside = fc.record({
  kind: fc.constantFrom("users", "users", "single", "token", "none", "none"),
  users: fc.array(drawnUser, { minLength: 1, maxLength: 3 }),
  defaults: seldom(permissionBlock, 5),
  noAuthUser: seldom(fc.nat(5), 5),
  mappings: seldom(mappings, 3),
  jetstream: seldom(fc.constantFrom<unknown[]>(true, {}, "enabled", "disabled"), 8),
  limits: seldom(
    fc.constantFrom<Record<string, number>[]>({ max_payload: 10 }, { max_subscriptions: 2 }, { max_connections: 1 }),
    12,
  ),
});

/** Static configurations with a few accounts, or without any. */
export const files: fc.Arbitrary<FileDraft> = fc
  .tuple(fc.array(account, { maxLength: 3 }), account, system, outside, fc.boolean(), fc.nat(3))
  .map(([drawn, drawnSystem, whichSystem, around, named, keyed]): FileDraft => {
    const offers = drawn.flatMap(({ exports }, index) => offersOf(NAMES[index] ?? "", exports));
    const names = drawn.map((_, index) => NAMES[index] ?? "");
    const parts = drawn.map((own, index) =>
      accountOf(own, NAMES[index] ?? "", {
        offers,
        names,
        hasKey: index === keyed,
      }),
    );
    const systemName = whichSystem.startsWith("$SYS") ? "$SYS" : "SYS";
    const ofSystem = whichSystem === "none" ? [] : [systemOf(drawnSystem, systemName)];
    const all = [...parts, ...ofSystem];
    const global = globalOf(
      around,
      all.some(({ clients }) => clients.length > 0),
    );
    const clients = [...all.flatMap((part) => part.clients), ...global.clients];
    const config = present({
      ...global.config,
      accounts: all.length === 0 ? undefined : Object.fromEntries(all.map(({ name, config: own }) => [name, own])),
      system_account: whichSystem.endsWith("by setting") ? systemName : undefined,
      no_auth_user: noAuthUser(around.noAuthUser, clients),
    });
    const own = all.map(({ name }) => name);
    const free =
      around.limits === undefined ? clients : clients.map((client): FileClient => ({ ...client, limits: "some" }));
    return {
      config,
      accounts: [...own, ...(global.clients.length > 0 ? [GLOBAL] : [])],
      systemAccount: whichSystem === "none" || whichSystem === "SYS without a setting" ? null : systemName,
      clients: free,
      named,
    };
  });

/** An account of a configuration, and its clients. */
interface Part {
  readonly name: string;
  readonly config: Record<string, unknown>;
  readonly clients: readonly FileClient[];
}

interface Surroundings {
  readonly offers: readonly Offer[];
  readonly names: readonly string[];
  /** Whether the account has an `nkey`. */
  readonly hasKey: boolean;
}

function offersOf(name: string, exports: readonly Export[]): Offer[] {
  return separateExports(exports).map(({ subject: own, type, accountTokenPosition }) => ({
    ...{ account: name, subject: own, type, accountTokenPosition },
  }));
}

function separateExports(exports: readonly Export[]): Export[] {
  return disjoint(
    exports,
    ({ type }) => type,
    ({ subject: own }) => own,
  );
}

function accountOf(drawn: DrawnAccount, name: string, { offers, names, hasKey }: Surroundings): Part {
  const { users, exports, imports, limits, defaults, jetstream, short } = drawn;
  const others = offers.filter(({ account: of }) => of !== name);
  const taken = disjoint(
    imports.flatMap((entry) => takenBy(entry, others, name).map((own) => ({ ...own, entry }))),
    ({ offer }) => offer.type,
    ({ entry, wanted, local }) => (entry.naming === 0 ? wanted : local.replaceAll(/\$\d+/g, "*")),
  );
  const own = usersOf(users, name, `accounts.${name}`, limitsOf(limits));
  return {
    name,
    clients: own.clients,
    config: present({
      nkey: hasKey ? `@${name}` : undefined,
      users: own.config,
      exports: listed(separateExports(exports).map((entry) => exportBlock(entry, names, short))),
      imports: listed(taken.map(({ offer, wanted, local, entry }) => importBlock(offer, wanted, local, entry))),
      mappings: mappingBlock(drawn.mappings, short),
      limits,
      default_permissions: defaults,
      jetstream,
    }),
  };
}

function listed<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** The system account, with one user that may do everything. */
function systemOf({ users, defaults }: DrawnAccount, name: string): Part {
  const own = usersOf(users, name, name === "$SYS" ? 'accounts["$SYS"]' : `accounts.${name}`, "none");
  return { name, clients: own.clients, config: present({ users: own.config, default_permissions: defaults }) };
}

/** The users of an account, the first of which may do everything, and their clients. */
function usersOf(drawn: readonly DrawnUser[], name: string, path: string, limits: FileClient["limits"]) {
  const free: DrawnUser = { login: "nkey", permissions: { publish: ">", subscribe: ">" }, connectionTypes: undefined };
  const users = [free, ...drawn].map((user, index) => ({ user, label: index === 0 ? FREE_USER : `user${index}` }));
  const clients = users.map(({ user: { login }, label }, index): FileClient => {
    const password = { user: `${name}-${label}`, password: `the password of ${label}` };
    return {
      ...{ name: `${name}/${label}`, account: name, login: login === "nkey" ? "nkey" : password },
      ...{ path: `${path}.users[${index}]`, limits },
    };
  });
  const config = users.map(({ user: { permissions, connectionTypes } }, index) => {
    const { name: own = "", login } = clients[index] ?? {};
    return present({
      ...(typeof login === "object" ? login : { nkey: `@${own}` }),
      permissions,
      allowed_connection_types: connectionTypes,
    });
  });
  return { clients, config };
}

function limitsOf(limits: DrawnAccount["limits"]): FileClient["limits"] {
  const { max_subscriptions: subscriptions } = limits ?? {};
  return limits === undefined || Object.keys(limits).length === 0
    ? "none"
    : subscriptions === 0
      ? "no subscriptions"
      : "some";
}

function exportBlock(entry: Export, names: readonly string[], short: boolean): Record<string, unknown> {
  const { subject: own, type, importers, responseType, latency, responseThreshold, accountTokenPosition } = entry;
  const accounts = importers?.map((_, index) => names[index]).filter((name) => name !== undefined);
  return present({
    [type]: own,
    accounts,
    response_type: responseType,
    latency:
      latency &&
      (latency.sampling === 100 && short ? latency.results : { sampling: latency.sampling, subject: latency.results }),
    threshold: responseThreshold === undefined ? undefined : "1h",
    account_token_position: accountTokenPosition,
  });
}

function importBlock(
  { account: of, type }: Offer,
  wanted: string,
  local: string,
  { naming, prefix, share }: DrawnImport,
) {
  const source = { [type]: { account: of, subject: wanted } };
  const isShared = type === "service" && share ? { share: true } : {};
  // A service ignores the prefix.
  const unused = type === "service" && naming % 2 === 0 ? { prefix } : {};
  if (naming === 0) {
    return { ...source, ...unused, ...isShared };
  }
  return naming === 3 && type === "stream" ? { ...source, prefix } : { ...source, ...unused, to: local, ...isShared };
}

function mappingBlock(drawn: Mappings | undefined, short: boolean): Record<string, unknown> | undefined {
  if (drawn === undefined) {
    return undefined;
  }
  const blocks = Object.entries(drawn).map(([source, [to]]) => {
    const block = present({ destination: to?.subject, weight: "100%", cluster: to?.cluster });
    return [source, short && to?.cluster === undefined ? to?.subject : [block]] as const;
  });
  return Object.fromEntries(blocks);
}

type Outside = typeof outside extends fc.Arbitrary<infer T> ? T : never;

/** The users outside of accounts, or the single login of a server without accounts. */
function globalOf({ kind, users, defaults, mappings: mapped, jetstream, limits }: Outside, hasUsers: boolean) {
  const settings = present({ mappings: mappingBlock(mapped, true), jetstream, ...limits });
  const single = (login: FileClient["login"]) => ({
    config: { ...settings, authorization: login },
    clients: [{ name: "the single login", account: GLOBAL, login, path: "authorization", limits: "none" as const }],
  });
  if (kind === "none" || (hasUsers && kind !== "users")) {
    return { config: settings, clients: [] };
  }
  if (kind === "single") {
    return single({ user: "single", password: "the only password" });
  }
  if (kind === "token") {
    return single({ token: "the only token" });
  }
  const own = usersOf(users, GLOBAL, "authorization", "none");
  return {
    config: { ...settings, authorization: present({ users: own.config, default_permissions: defaults, timeout: 5 }) },
    clients: own.clients,
  };
}

function noAuthUser(choice: number | undefined, clients: readonly FileClient[]): string | undefined {
  const { login, name } = clients[(choice ?? 0) % Math.max(1, clients.length)] ?? {};
  if (choice === undefined || login === undefined || (typeof login === "object" && "token" in login)) {
    return undefined;
  }
  return login === "nkey" ? `@${name ?? ""}` : login.user;
}
