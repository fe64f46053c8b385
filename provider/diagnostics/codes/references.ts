import type { CodeTable } from "./code";

/** Accounts of other stacks, and accounts without an operator. */
export const REFERENCES_CODES = {
  NA4100: {
    title: "Reference without a value",
    cause:
      "The reference of an account is an output without a value. The stack of the account was not updated yet, or does not have an output of this name.",
    remedy: "Run `pulumi up` in the stack of the account, or correct the name of the output.",
  },
  NA4101: {
    title: "Malformed reference",
    cause:
      "A reference is the value of `account.reference`, or of the output `references` in other languages. It contains the account, its JWT and a signature. The value is something else, or only a part of it.",
    remedy:
      "Export `account.reference` (in other languages, the output `references`) in the stack of the account, and use this output unchanged.",
  },
  NA4102: {
    title: "Unsupported version of a reference",
    cause:
      "The account's stack uses a version of this package with another format of references. This version rejects it, because it could miss a restriction.",
    remedy: "Install the same version of the package in the programs of both stacks.",
  },
  NA4103: {
    title: "Reference that the account did not sign",
    cause:
      "The account's own key signs its whole reference. The signature does not match: a part of the reference was changed, or a different key signed it.",
    remedy:
      "Export `account.reference` (in other languages, the output `references`) in the stack of the account, and use this output unchanged.",
  },
  NA4104: {
    title: "JWT of a different account in a reference",
    cause:
      "The JWT in a reference must be a valid account JWT with the name and the public key of the account, signed by the account itself or by an operator.",
    remedy:
      "Export `account.reference` (in other languages, the output `references`) in the stack of the account, and use this output unchanged.",
  },
  NA4105: {
    title: "Reference to an account of a different name",
    cause:
      "`Account.fromReference` creates an account under the name that the program of the operator gives it, since other accounts of the program export to it by this name. The reference is to an account of another name.",
    remedy: "Use the output of the right account, or set `name` to the name of the account in the reference.",
  },
  NA4106: {
    title: "Authorization service of another stack",
    cause:
      "A static server asks its authorization service about every unknown client, and lets it choose any account. So the stack that runs the servers must declare it, not the stack of a team.",
    remedy: "Remove `authorization`, or declare the account in the program of the cluster.",
  },
  NA4107: {
    title: "Account that cannot sign",
    cause:
      "An account without `operator` signs its own JWT, and an account that exports to an account of another stack signs an activation for it. Both require the account's seed.",
    remedy: "Set `seed` or `key` in place of `publicKey`, or `operator`, or name importers of the same program only.",
  },
  NA4108: {
    title: "Account without an operator in a cluster",
    cause:
      "An account without `operator` signs its own JWT. nats-server accepts only accounts that its operator signed.",
    remedy:
      "Set `operator` of the account. For an account of another stack, use `Account.fromReference`, which signs it with the operator of this program.",
  },
  NA4109: {
    title: "Account of a different key under the same name",
    cause:
      "The reference of an account refers to another account by its name and public key. The cluster has an account of this name with a different key: it was replaced, or is another account. Static servers would share with the account in the cluster, operator servers with the account of that key.",
    remedy: "Update the stack that exports the reference, so that it refers to the account of the cluster.",
  },
  NA4110: {
    title: "Import without an activation in the exporter's reference",
    cause:
      "The import is of a private export of an account of another stack. That stack signs an activation for each importer that the export names by its reference. It has none for this account: the export names the account by its name alone, or by the reference of an account with a different key.",
    remedy:
      "Add the reference of the importing account to the `importers` of the export, run `pulumi up` in that stack, then in this one.",
  },
  NA4111: {
    title: "Seed of a different account",
    cause: "An account is signed by an operator, or by itself. The seed that signs belongs to a different account.",
    remedy: "Use the seed of the operator, or of the account itself.",
  },
} as const satisfies CodeTable;
