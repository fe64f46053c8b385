import * as pulumi from "@pulumi/pulumi";
import { extraDiagnostics } from "../../config/extra";
import { formatDiagnostics, joinPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { tracedBearerDiagnostics } from "../../model/cluster/listeners";
import {
  cappedLimitDiagnostics,
  CLUSTER_SETTINGS,
  combinedDiagnostics,
  differingDiagnostics,
  discouragedDiagnostics,
  mergeSettings,
  settingPath,
  settingsDiagnostics,
  SETTINGS_SHAPE,
  unusedBasePathDiagnostics,
  type ServerSettings,
  type SettingsAt,
} from "../../model/cluster/server-settings";
import type { Mode } from "../../model/cluster/servers";
import { omitUndefined } from "../../model/form/order";
import { checkShape, isRecord, optional } from "../../model/form/shape";
import type { DeepInput } from "../../resources/dynamic-resource";
import type { ConfigurationArgs } from "./configuration-args";
import { declarationsOf } from "./model";
import type { DeclaredServer } from "./declared-server";
import type { SharedArgs } from "./server-args";

/** A server with settings of its own. */
type ServerWithSettings = Pick<DeclaredServer, "mode" | "path" | "ports" | "settings">;

/** Returns the settings of a server, normalized; undefined if neither the cluster nor the server has the argument. */
export function effectiveSettings(
  { settings }: Pick<SharedArgs, "settings">,
  { settings: own }: Pick<ServerWithSettings, "settings">,
): pulumi.Output<ServerSettings> | undefined {
  return settings === undefined && own === undefined
    ? undefined
    : pulumi.all([known(settings), known(own)]).apply(([ofCluster, ofServer]) => merge(ofCluster, ofServer));
}

/** Problems are reported elsewhere: invalid settings are not rendered. */
function merge(ofCluster: ServerSettings | undefined, own: ServerSettings | undefined): ServerSettings {
  const isValid = [ofCluster, own].every((one) => problemsOf(one).length === 0);
  return isValid ? mergeSettings(ofCluster, own) : {};
}

function known(settings: DeepInput<ServerSettings> | undefined): pulumi.Output<ServerSettings | undefined> {
  return pulumi.output(settings as pulumi.Input<ServerSettings | undefined>);
}

/** Finds problems of the settings of a cluster or of a server. */
function problemsOf(settings: ServerSettings | undefined): Diagnostic[] {
  return checkShape("", optional(SETTINGS_SHAPE), settings, (given = {}) => [
    ...settingsDiagnostics(given),
    ...(typeof given.extra === "string" ? prefixPaths("extra", extraDiagnostics(given.extra)) : []),
  ]);
}

/** Checks the settings of a cluster and of its servers. */
export function settingsArgsDiagnostics(
  args: Pick<SharedArgs, "settings">,
  servers: readonly ServerWithSettings[],
): pulumi.Output<readonly Diagnostic[]>[] {
  const given = [{ path: CLUSTER_SETTINGS, settings: args.settings }, ...servers.map(ownSettings)];
  return [
    ...given.flatMap(({ path, settings }) =>
      settings === undefined ? [] : [known(settings).apply((one) => prefixPaths(path, problemsOf(one)))],
    ),
    settingsByServer(args, servers).apply((all) =>
      uniqueDiagnostics(
        all.flatMap((one) => [...combinedDiagnostics(one), ...unusedBasePathDiagnostics(one, isMonitored(one, all))]),
      ),
    ),
  ];
}

function ownSettings({ path, settings }: ServerWithSettings) {
  return { path: joinPath(path, "settings"), settings };
}

/** The settings of a server, its mode, and whether it has a monitoring port. */
interface ServerSettingsAt extends SettingsAt {
  readonly mode: Mode;
  readonly hasMonitoring: boolean;
}

/** Returns the settings of all servers. */
function settingsByServer(
  args: Pick<SharedArgs, "settings">,
  servers: readonly ServerWithSettings[],
): pulumi.Output<readonly ServerSettingsAt[]> {
  const all = servers.map((server) => {
    const { path, settings: own } = ownSettings(server);
    const rest = { path, mode: server.mode, hasMonitoring: server.ports.monitoringPort !== undefined };
    return pulumi
      .all([known(own), pulumi.output(effectiveSettings(args, server))])
      .apply(([given, settings]): ServerSettingsAt => {
        const names = isRecord(given) ? Object.keys(omitUndefined(given)) : [];
        return { ...rest, settings: settings ?? {}, own: names };
      });
  });
  return pulumi.all(all);
}

/** Returns whether the path for monitoring of a server applies to a server with a monitoring port. */
function isMonitored(server: ServerSettingsAt, all: readonly ServerSettingsAt[]): boolean {
  const path = (one: SettingsAt) => settingPath(one, "monitoringBasePath");
  return all.some((one) => one.hasMonitoring && path(one) === path(server));
}

/** Settings of the cluster have the same problem for each server. */
function uniqueDiagnostics(found: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(found.map((one) => [`${one.code} ${one.path}`, one])).values()];
}

/** Warns of settings that work, but may not have the intended effect. @param subject what they belong to */
export function warnAboutSettings(
  subject: string,
  args: ConfigurationArgs & Pick<SharedArgs, "settings">,
  servers: readonly ServerWithSettings[],
  cluster: pulumi.Resource,
): void {
  if (args.settings === undefined && servers.every(({ settings }) => settings === undefined)) {
    return;
  }
  pulumi.all([settingsByServer(args, servers), declarationsOf(args)]).apply(async ([all, accounts]) => {
    const inMode = (mode: Mode) => all.filter((one) => one.mode === mode);
    const found = uniqueDiagnostics([
      ...all.flatMap(discouragedDiagnostics),
      ...all.flatMap((one) => cappedLimitDiagnostics(accounts, one)),
      ...all.flatMap((one) =>
        one.settings.trace === undefined ? [] : tracedBearerDiagnostics(settingPath(one, "trace"), accounts),
      ),
      ...differingDiagnostics({ static: inMode("static"), operator: inMode("operator") }),
    ]);
    await (found.length === 0 ? undefined : pulumi.log.warn(formatDiagnostics(subject, found), cluster));
  });
}
