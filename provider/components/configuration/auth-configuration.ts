import * as pulumi from "@pulumi/pulumi";
import { renderOperatorAuthorization } from "../../config/operator";
import { renderStaticAuthorization } from "../../config/static";
import type { ParityReport } from "../../parity/report";
import { accountsOf, authorizationDiagnostics, operatorTokens, staticModel } from "../cluster/cluster-model";
import { compareModes, warnAboutGaps } from "../cluster/cluster-parity";
import { hideInternals } from "../internals";
import { removeReservedKeys } from "../reserved-keys";
import { afterGate, validate, waitForGates, type Gate } from "../validation";
import {
  configurationArgsDiagnostics,
  hasParts,
  registeredConfigurationArgs,
  type AuthConfigurationArgs,
} from "./configuration-args";

/** What a server with nkeys in its configuration needs. */
export interface StaticAuthorization {
  /**
   * `system_account`, `authorization` and `accounts` as text, to include in the configuration of a server:
   * `include "./authorization.conf"`. The including file must not have these three settings itself.
   */
  readonly authorization: pulumi.Output<string>;
}

/** What a server that trusts the operator's JWT needs. */
export interface OperatorAuthorization {
  /** The operator's JWT (`operator`). */
  readonly operatorJwt: pulumi.Output<string>;
  /** Public key of the system account (`system_account`). */
  readonly systemAccount: pulumi.Output<string>;
  /** JWT of each account, by public key (`resolver_preload`). */
  readonly resolverPreload: pulumi.Output<Readonly<Record<string, string>>>;
  /**
   * All of these as text, with the memory resolver, to include in the configuration of a server:
   * `include "./authorization.conf"`. The including file must not have `operator`, `system_account`, `resolver` and
   * `resolver_preload` itself.
   */
  readonly authorization: pulumi.Output<string>;
}

/**
 * The configurations of both modes without servers: for servers that something else deploys, such as Helm, Ansible or
 * systemd. It contains no secret. A preview reports the same problems as that of a `MixedAuthCluster`, which is this
 * configuration together with its servers.
 *
 * @example
 * ```ts
 * const auth = new AuthConfiguration("nats", { operator, accounts: [a, b] });
 * new local.File("accounts", { filename: "accounts.conf", content: auth.static.authorization });
 * ```
 */
export class AuthConfiguration extends pulumi.ComponentResource {
  /** For servers with nkeys in their configuration. */
  readonly static: StaticAuthorization;
  /** For servers that trust the operator's JWT. */
  readonly operator: OperatorAuthorization;
  /** Parity report: how each mode enforces every claim of the accounts, and the consequences where one cannot. */
  readonly parity: pulumi.Output<ParityReport>;
  /** @internal Opens when the configuration and its components are valid. */
  readonly gate: Gate;

  constructor(name: string, args: AuthConfigurationArgs, opts?: pulumi.ComponentResourceOptions);
  constructor(name: string, declared: AuthConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
    const { value: args, diagnostics: reserved } = removeReservedKeys(declared);
    const shape = pulumi.output([...reserved, ...configurationArgsDiagnostics(args)]);
    super("nats-auth:index:AuthConfiguration", name, registeredConfigurationArgs(args), opts);
    const subject = `configuration ${JSON.stringify(name)}`;
    if (!hasParts(args)) {
      // Nothing can be derived from other values: each output fails with the problems.
      this.gate = validate(subject, this, [shape]);
      hideInternals<AuthConfiguration>(this, ["gate"]);
      const failed = afterGate(this.gate, "");
      this.static = { authorization: failed };
      this.operator = {
        operatorJwt: failed,
        systemAccount: failed,
        resolverPreload: failed as pulumi.Output<unknown> as OperatorAuthorization["resolverPreload"],
        authorization: failed,
      };
      this.parity = failed as pulumi.Output<unknown> as typeof this.parity;
      return;
    }
    const parity = compareModes(args);
    warnAboutGaps(parity, this);
    const own = validate(subject, this, [shape, ...authorizationDiagnostics(args), parity.diagnostics]);
    this.gate = waitForGates(own, [args.operator.gate, ...accountsOf(args).map((account) => account.gate)]);
    const { gate } = this;
    this.parity = parity.report;
    this.static = {
      authorization: afterGate(
        gate,
        staticModel(args).apply((model) => renderStaticAuthorization(model).text),
      ),
    };
    const tokens = afterGate(gate, operatorTokens(args));
    this.operator = {
      operatorJwt: tokens.apply(({ operator }) => operator),
      systemAccount: afterGate(gate, args.operator.systemAccount.publicKey),
      resolverPreload: tokens.apply(({ accounts }) => accounts),
      authorization: tokens.apply(({ roster, ...known }) => renderOperatorAuthorization(roster, known).text),
    };
    hideInternals<AuthConfiguration>(this, ["gate"]);
    this.registerOutputs({ systemAccount: this.operator.systemAccount });
  }
}
