import type { OperatorTerms } from "../jwt/claims";
import type { Members } from "./claims";
import { plain } from "./words";

/** What an operator says of itself. The static server trusts nobody: it goes by its configuration. */
export const OPERATOR: Members<OperatorTerms> = {
  self: {
    parity: {
      class: "N",
      operator: "the operator JWT",
      severity: "harmless",
      example: { name: "KO", publicKey: "O…", signingKeys: [], systemAccount: "A…" },
      consequence: () => "the static server trusts no operator: its accounts are those of its configuration",
    },
  },
  members: {
    name: { parity: { class: "M", static: "a comment", operator: "name" } },
    publicKey: {
      parity: {
        class: "N",
        operator: "sub",
        severity: "harmless",
        example: "O…",
        consequence: () => "the static server has no use for the operator's key",
      },
    },
    signingKeys: {
      parity: {
        class: "N",
        operator: "signing_keys",
        severity: "harmless",
        example: ["O…"],
        consequence: () =>
          "the static server has no use for keys that sign accounts: it takes no account but by its configuration",
      },
    },
    accountServerUrl: { parity: { class: "M", operator: "account_server_url" } },
    serviceUrls: { parity: { class: "M", operator: "operator_service_urls" } },
    assertServerVersion: {
      parity: {
        class: "N",
        operator: "assert_server_version",
        severity: "harmless",
        example: "2.15.2",
        consequence: (version) =>
          `the operator server does not start when it is older than ${plain(version)}: the static server does`,
      },
    },
    tags: { parity: { class: "M", operator: "tags" } },
    systemAccount: { parity: { class: "E", static: "system_account", operator: "system_account" } },
  },
};
