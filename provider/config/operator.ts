import type { Model } from "../model/cluster/cluster";
import { sortedBy } from "../model/form/order";
import { header, listenerSections, type Listener } from "./listener";
import { block, comment, file, setting, settings } from "./syntax";

/** The signed tokens of a model. */
export interface Tokens {
  /** The operator's JWT. */
  readonly operator: string;
  /** The JWT of each account, by the account's public key. */
  readonly accounts: Readonly<Record<string, string>>;
}

/** What this configuration needs to know of a model: who there is. What they may do stands in the tokens. */
export type Roster = Pick<Model, "operator" | "systemAccount"> & {
  readonly accounts: readonly { readonly name: string; readonly publicKey: string }[];
};

/**
 * The configuration of the trusted-operator server: the operator's JWT, and every account's JWT preloaded into the
 * memory resolver.
 */
export function operatorConfig(roster: Roster, tokens: Tokens, listener: Listener): string {
  const accounts = sortedBy(roster.accounts, ({ name }) => name);
  const systemAccount = accounts.find(({ publicKey }) => publicKey === roster.systemAccount);
  return file([
    header("The trusted-operator (JWT)", roster.operator),
    ...listenerSections(listener),
    [comment(roster.operator), setting("operator", tokens.operator)],
    [comment(systemAccount?.name ?? roster.systemAccount), setting("system_account", roster.systemAccount)],
    [
      "resolver: MEMORY",
      ...block(
        "resolver_preload",
        accounts.flatMap(({ name, publicKey }) => [
          comment(name),
          ...settings({ [publicKey]: tokens.accounts[publicKey] }),
        ]),
      ),
    ],
  ]);
}
