import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Side } from "../../servers/places";
import { pathInContainer, RESTART_POLICY, SERVER_LABEL, SERVER_USER, STORE } from "../../servers/docker/layout";
import { MAIN_FILE } from "../../servers/server";
import type { ServerPorts } from "./cluster-args";
import { digestOf } from "./digest";

/** A container for one server of a cluster. */
export interface ServerContainerArgs {
  readonly side: Side;
  readonly image: pulumi.Input<string>;
  readonly network: pulumi.Input<string>;
  readonly ports: ServerPorts;
  readonly bindAddress: pulumi.Input<string>;
  /** The volume for what streams store; undefined where there are none. */
  readonly volume: pulumi.Input<string> | undefined;
  /**
   * What the server cannot take by a reload. It becomes a label, so that a change of it replaces the container, and the
   * preview says so.
   */
  readonly fixed: pulumi.Input<string>;
}

/** Seconds that a server has to say goodbye to its clients before it is killed. */
const STOP_SECONDS = 10;

/**
 * Makes the container of a server, stopped: it starts when its configuration has been put into it, so that there is no
 * moment with another one.
 */
export function serverContainer(
  name: string,
  args: ServerContainerArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const { side, image, network, ports, bindAddress, volume, fixed } = args;
  const published = [ports.clientPort, ports.clusterPort, ports.monitoringPort].filter((port) => port !== undefined);
  return new docker.Container(
    `${name}-${side}`,
    {
      image,
      command: ["-c", pathInContainer(MAIN_FILE)],
      start: false,
      mustRun: false,
      restart: RESTART_POLICY,
      destroyGraceSeconds: STOP_SECONDS,
      user: `${SERVER_USER}:${SERVER_USER}`,
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges"],
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      networksAdvanced: [{ name: network, aliases: [side] }],
      ...(volume === undefined ? {} : { volumes: [{ volumeName: volume, containerPath: STORE }] }),
      ports: published.map((port) => ({ internal: port, external: port, ip: bindAddress })),
      labels: [
        { label: SERVER_LABEL, value: side },
        { label: "pulumi-nats-auth.restart-for", value: pulumi.output(fixed).apply(digestOf) },
      ],
    },
    // The old container goes on running until this one is ready to take over from it.
    { ...opts, deleteBeforeReplace: false },
  );
}
