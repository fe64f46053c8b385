import { secretsArgsDiagnostics, seedDiagnostics } from "../../../provider/components/kubernetes/creds-secrets";
import { helmArgsDiagnostics } from "../../../provider/components/configuration/helm-values";
import { helmDiagnostics, helmSizeDiagnostics, parseRendered } from "../../../provider/kubernetes/helm-values";
import type { DiagnosticCase } from "./case";

/** The cases of Secrets and of values for the Helm chart. */
export const KUBERNETES_CASES: readonly DiagnosticCase[] = [
  {
    name: "a namespace that is not a DNS label, and a release whose name is too long for a StatefulSet",
    codes: ["NA2100", "NA2100"],
    find: () => [
      ...secretsArgsDiagnostics([], { namespace: "My_Apps" }),
      ...helmArgsDiagnostics("static", { releases: { static: { name: "n".repeat(53) } } }),
    ],
  },
  {
    name: "a Secret of a user whose seed is managed elsewhere",
    codes: ["NA2101"],
    find: () => seedDiagnostics("test", undefined),
  },
  {
    name: "a Secret of a user whom the account does not have",
    codes: ["NA2102"],
    find: () => secretsArgsDiagnostics(["test"], { users: ["tset"] }),
  },
  {
    name: "values for a mode without a release",
    codes: ["NA2103"],
    find: () => helmArgsDiagnostics("operator", { releases: { static: { name: "nats-static" } } }),
  },
  {
    name: "keys and texts that the chart would change",
    codes: ["NA2104", "NA2104", "NA2104", "NA2104", "NA2104", "NA2104"],
    find: () => {
      const config =
        'mappings { "a.$include": "<< x >>", $tplYaml: "b", "<< c >>": "d", e: "x \\"<< f >> y >>", g: "\u0085" }';
      return helmDiagnostics(parseRendered(config));
    },
  },
  {
    name: "a release with half a server",
    codes: ["NA2105"],
    find: () => helmArgsDiagnostics("static", { releases: { static: { name: "nats", replicas: 0.5 } } }),
  },
  {
    name: "a configuration of more than 1 MiB",
    codes: ["NA2106"],
    find: () => helmSizeDiagnostics(parseRendered(`resolver_preload { A: "${"x".repeat(1_100_000)}" }`)),
  },
];
