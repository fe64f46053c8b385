import type { OperatorTerms } from "../jwt/claims";
import type { Members } from "./claims";
import { quoteText } from "./prose";

/** The claims of an operator. A static server has no operator, and relies on its own configuration. */
export const OPERATOR: Members<OperatorTerms> = {
  self: {
    parity: {
      class: "N",
      operator: "the operator JWT",
      severity: "harmless",
      example: { name: "KO", publicKey: "O…", signingKeys: [], systemAccount: "A…" },
      consequence: () => "the static server trusts no operator; its accounts come from its configuration",
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
        consequence: () => "the static server does not use the operator's key",
      },
    },
    signingKeys: {
      parity: {
        class: "N",
        operator: "signing_keys",
        severity: "harmless",
        example: ["O…"],
        consequence: () =>
          "the static server does not use keys that sign accounts; its accounts come from its configuration",
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
          `the operator server does not start if it is older than ${quoteText(version)}; the static server does`,
      },
    },
    tags: { parity: { class: "M", operator: "tags" } },
    systemAccount: { parity: { class: "E", static: "system_account", operator: "system_account" } },
  },
};
