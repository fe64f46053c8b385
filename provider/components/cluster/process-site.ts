import * as pulumi from "@pulumi/pulumi";
import { formatDiagnostic, type Diagnostic } from "../../model/form/diagnostics";
import { ClusterFolder } from "../../resources/cluster-folder";
import { ServerProcess } from "../../resources/server-process";
import type { Executable } from "../../servers/process/executable";
import { portPaths, urlHost } from "./cluster-args";
import { digestOf } from "./digest";
import { executableOf } from "./process-findings";
import { bySide, type ProcessSite, type SiteArgs } from "./site";
import { homeOf, type ProcessTarget } from "./target";
import { behind } from "../validation";

/** Arguments of {@link processSite}. */
export interface ProcessSiteArgs extends SiteArgs {
  readonly target: ProcessTarget;
}

/** Makes the folders of a cluster whose servers are processes of this machine. */
export function processSite(args: ProcessSiteArgs, child: pulumi.CustomResourceOptions): ProcessSite {
  const { name, gate, target, ports, bindAddress, fixed } = args;
  const executable = behind(gate, executableOf(target)).apply(found);
  const label = behind(gate, [pulumi.getProject(), pulumi.getStack(), name].join("-").replace(/[^\w.-]/g, "_"));
  const home = homeOf(target);
  const folder = new ClusterFolder(name, { label, ...(home === undefined ? {} : { home }) }, child);
  const processes = bySide(
    (side) =>
      new ServerProcess(
        `${name}-${side}`,
        {
          cluster: folder.path,
          side,
          binary: executable.path,
          fixed: pulumi.jsonStringify([fixed[side], executable.version]).apply(digestOf),
        },
        child,
      ).place,
  );
  const host = pulumi.output(bindAddress).apply(urlHost);
  return {
    processes,
    ids: { processes },
    places: bySide((side) => ({
      kind: "process",
      folder: processes[side],
      address: bindAddress,
      ports: portPaths(side, ports[side]),
    })),
    hosts: bySide(() => host),
  };
}

/** The executable, which the gate has found to be one. */
function found(executable: Executable | Diagnostic): Executable {
  if ("problem" in executable) {
    throw new Error(formatDiagnostic(executable));
  }
  return executable;
}
