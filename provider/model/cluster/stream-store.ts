import { diagnose, display, type Diagnostic } from "../../diagnostics/diagnostic";

/** Where the servers of a cluster store streams, and the names under which JetStream finds them. */
export interface StreamStore {
  /** The cluster's name: part of the names of its servers, by which JetStream identifies its members. */
  readonly clusterName: string;
  /** Public key of the system account, in whose storage the servers keep the list of all streams. */
  readonly systemAccount: string;
  /** The machine or Docker Engine that has the volume or folder of each server. Those that are unknown are missing. */
  readonly machines: Readonly<Record<string, string>>;
  /** The volume or folder of each server. */
  readonly folders: Readonly<Record<string, string>>;
}

/** Properties that are unknown are missing. */
type Partly<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

/**
 * Finds changes by which servers would no longer find their streams. In a preview, a system account, a volume or a folder is
 * unknown if it is about to be created in place of the present one.
 *
 * @param before the present store; its folders are unknown in states of earlier versions
 * @param isEmpty whether the servers have reported that they store no streams
 */
export function storeDiagnostics(
  before: Partly<StreamStore>,
  next: Partly<StreamStore>,
  isEmpty = false,
): Diagnostic[] {
  const remedy = `To make the change nevertheless, ${isEmpty ? DROP_STORE : SAVE}.`;
  return [...identityDiagnostics(before, next, remedy, isEmpty), ...locationDiagnostics(before, next)];
}

/**
 * Finds such changes for servers that stopped using JetStream and use it again: only where they find the store of that time.
 *
 * @param former the store of that time
 * @param paths what to delete in order to begin with an empty store
 */
export function reusedStoreDiagnostics(
  former: Partly<StreamStore>,
  next: Partly<StreamStore>,
  paths: readonly string[],
): Diagnostic[] {
  const remedy = `To begin without the streams of that time, delete ${paths.join(" and ")}.`;
  return former.folders !== undefined && locationDiagnostics(former, next).length === 0
    ? identityDiagnostics(former, next, remedy)
    : [];
}

const SAVE =
  "save the streams with `nats account backup`, remove `jetstream` for one update with their accounts in " +
  "`discardStreams`, and restore them afterwards";

const DROP_STORE =
  "remove `jetstream` of the cluster and of the accounts for one update. No streams are stored at present";

/** @param remedy what to do in order to make the change nevertheless */
function identityDiagnostics(
  before: Partly<StreamStore>,
  { clusterName, systemAccount }: Partly<StreamStore>,
  remedy: string,
  isEmpty = false,
): Diagnostic[] {
  const effect = isEmpty ? "it would not start again" : "all streams would be lost";
  const isRenamed = clusterName !== undefined && clusterName !== before.clusterName;
  return [
    ...diagnose({
      code: "NA1720",
      path: "clusterName",
      value: clusterName,
      problem: isRenamed
        ? `would rename the servers, by whose names JetStream identifies its members: ${effect}`
        : undefined,
      remedy: `Set \`clusterName: ${JSON.stringify(before.clusterName)}\`. ${remedy}`,
    }),
    ...diagnose({
      code: "NA1722",
      path: "operator.systemAccount",
      ...(systemAccount === undefined ? {} : { value: systemAccount }),
      problem:
        systemAccount === before.systemAccount
          ? undefined
          : `would replace the system account ${before.systemAccount ?? ""}, in whose storage the servers keep the list of all streams`,
      remedy: `Keep the key of the system account. ${remedy}`,
    }),
  ];
}

/**
 * Finds a change between one server, which runs JetStream alone, and several.
 *
 * @param before the number of servers at present
 */
export function countDiagnostics(before: number, next: number): Diagnostic[] {
  const isSame = before === next || (before > 1 && next > 1);
  return diagnose({
    code: "NA1724",
    path: "servers",
    problem: isSame
      ? undefined
      : `would change the number of servers from ${before} to ${next}: JetStream of a single server and JetStream of a cluster cannot read each other's streams`,
    remedy: `Keep ${before === 1 ? "one server" : "at least two servers"}. To make the change nevertheless, ${SAVE}.`,
  });
}

/**
 * Finds a change of volumes that exist.
 *
 * @param before size and class of the volume of each server, at present
 */
export function volumeDiagnostics(
  before: Readonly<Record<string, string>>,
  next: Readonly<Record<string, string>>,
): Diagnostic[] {
  const [changed] = Object.entries(next).filter(([name, volume]) => {
    return Object.hasOwn(before, name) && before[name] !== volume;
  });
  const [name = "", volume] = changed ?? [];
  return diagnose({
    code: "NA2208",
    path: "target.kubernetes.volume",
    ...(volume === undefined ? {} : { value: volume }),
    problem:
      changed === undefined
        ? undefined
        : `would change the volumes of servers, which Kubernetes does not support; the present value is ${display(before[name])}`,
    remedy:
      "Set `size` and `storageClass` to the present values. For larger volumes, resize the PersistentVolumeClaims themselves.",
  });
}

function locationDiagnostics(before: Partly<StreamStore>, { machines, folders }: Partly<StreamStore>): Diagnostic[] {
  const hasMoved =
    haveOtherMachines(before.machines ?? {}, machines ?? {}) ||
    (before.folders === undefined ? folders === undefined : haveMoved(before.folders, folders));
  return leftBehindDiagnostics("target", hasMoved);
}

/** True when a server that stays is on another machine, or when all servers are, whatever they are called. */
function haveOtherMachines(before: StreamStore["machines"], next: StreamStore["machines"]): boolean {
  const [[former, ...more], [machine, ...others]] = [before, next].map((all) => [...new Set(Object.values(all))]) as [
    string[],
    string[],
  ];
  const isOneOther =
    more.length + others.length === 0 && former !== undefined && machine !== undefined && former !== machine;
  return isOneOther || Object.entries(before).some(([name, one]) => Object.hasOwn(next, name) && next[name] !== one);
}

/** True when a server that stays has another folder, or one that is not known. Servers can come and go. */
function haveMoved(before: StreamStore["folders"], next: Partly<StreamStore["folders"]> | undefined): boolean {
  return (
    next === undefined ||
    Object.entries(before).some(([name, folder]) => Object.hasOwn(next, name) && next[name] !== folder)
  );
}

/** The diagnostic for servers that would start without their streams. @param path the argument that moves the servers */
export function leftBehindDiagnostics(path: string, moves: boolean): Diagnostic[] {
  return diagnose({
    code: "NA1721",
    path,
    problem: moves ? "would leave the streams behind: JetStream data does not move with the servers" : undefined,
    remedy: `Keep the target, its folder and its Docker Engine. To move the servers, ${SAVE}.`,
  });
}
