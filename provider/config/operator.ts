import type { Model } from "../model/cluster/cluster";
import { sortBy } from "../model/form/order";
import { block, comment, type Lines, setting } from "./lines";
import { header, listenerSections, type Listener } from "./listener";
import { accountOrigin } from "./origin-names";
import { type Authorized, renderConfig, type RenderedConfig } from "./rendered-config";

/** The signed JWTs of a model. */
export interface Tokens {
  /** The operator's JWT. */
  readonly operator: string;
  /** The JWT of each account, by the account's public key. */
  readonly accounts: Readonly<Record<string, string>>;
}

/** The names and keys in a model. Permissions, limits and shares are in the JWTs. */
export type AccountRoster = Pick<Model, "operator" | "systemAccount"> & {
  readonly accounts: readonly { readonly name: string; readonly publicKey: string }[];
};

/** Renders the configuration of the operator server, with every account's JWT preloaded into the memory resolver. */
export function renderOperatorConfig(roster: AccountRoster, tokens: Tokens, listener: Listener): RenderedConfig {
  const { sections, accounts } = authorizationOf(roster, tokens);
  return renderConfig([header(TITLE, roster.operator), ...listenerSections(listener), ...sections], accounts, listener);
}

/** Renders the part of that configuration that another one can include: the JWTs, and nothing about the server. */
export function renderOperatorAuthorization(roster: AccountRoster, tokens: Tokens): RenderedConfig {
  const { sections, accounts } = authorizationOf(roster, tokens);
  return renderConfig([header(TITLE, roster.operator), ...sections], accounts);
}

const TITLE = "The trusted-operator (JWT)";

function authorizationOf(roster: AccountRoster, tokens: Tokens): Authorized {
  const accounts = sortBy(roster.accounts, ({ name }) => name);
  const systemAccount = accounts.find(({ publicKey }) => publicKey === roster.systemAccount);
  const preload = accounts.flatMap(({ name, publicKey }) => [
    comment(name),
    ...preloadLines(name, publicKey, tokens.accounts[publicKey]),
  ]);
  const sections = [
    [comment(roster.operator), setting("operator", tokens.operator)],
    [comment(systemAccount?.name ?? roster.systemAccount), setting("system_account", roster.systemAccount)],
    [{ text: "resolver: MEMORY", origin: ["resolver"] }, ...block("resolver_preload", preload, [])],
  ];
  const keys = accounts.map(({ publicKey }) => publicKey).filter((key) => tokens.accounts[key] !== undefined);
  return { sections, accounts: keys };
}

function preloadLines(name: string, publicKey: string, jwt: string | undefined): Lines {
  return jwt === undefined ? [] : [{ text: setting(publicKey, jwt).text, origin: [accountOrigin(name)] }];
}
