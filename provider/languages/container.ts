import * as pulumi from "@pulumi/pulumi";

/** The types of the components, by their names. */
export const COMPONENTS = {
  Cluster: "nats-auth:index:Cluster",
  Configuration: "nats-auth:index:Configuration",
} as const;

/**
 * The component that a program in another language declares. It has no resources of its own: the components inside of it have them, and
 * register their outputs. Its own outputs are for the program only.
 *
 * A stack keeps its keys when the program declares the other type in its place.
 */
export class Container extends pulumi.ComponentResource {
  readonly #name: string;
  readonly #formerNames: readonly string[];

  /** @param dependsOn resources that it depends on, in addition to those of its options */
  constructor(
    kind: keyof typeof COMPONENTS,
    name: string,
    options: pulumi.ComponentResourceOptions,
    dependsOn: readonly pulumi.Resource[] = [],
  ) {
    const other = COMPONENTS[kind === "Cluster" ? "Configuration" : "Cluster"];
    const { aliases = [] } = options;
    const own = { aliases: [...aliases, { type: other }] };
    const dependent = dependsOn.length === 0 ? options : pulumi.mergeOptions(options, { dependsOn: [...dependsOn] });
    super(COMPONENTS[kind], name, {}, { ...dependent, ...own });
    this.#name = name;
    this.#formerNames = aliases.flatMap(nameOf).filter((former) => former !== name);
  }

  /**
   * Returns options of a component inside of this one. Its aliases are its URN in a TypeScript program, so that a program that moves to
   * this component keeps every key, and those below the former names of this component.
   *
   * The engine derives the aliases of the resources inside of a component only in the update that renames the component. If that update
   * ends early, these resources have the new parent and their old names. So each of them has its old names as aliases, too.
   *
   * @param name the name of the component inside, which the names of its resources begin with
   * @param typescriptName its name in a TypeScript program
   */
  childOptions(name: string, typescriptName: string): pulumi.ComponentResourceOptions {
    const formerNames = this.#formerNames.map((former) => former + name.slice(this.#name.length));
    const renamed = [...formerNames, typescriptName].filter((former) => former !== name);
    return {
      parent: this,
      aliases: [{ name: typescriptName, parent: pulumi.rootStackResource }, ...formerNames.map(toAlias)],
      ...(renamed.length === 0 ? {} : { transformations: [renamesInside(name, renamed)] }),
    };
  }
}

/** Returns a transformation that adds aliases to the resources inside of a component. @param formerNames names of the component */
function renamesInside(name: string, formerNames: readonly string[]): pulumi.ResourceTransformation {
  let component: pulumi.Resource | undefined;
  return ({ resource, name: own, props, opts }) => {
    // The first one is the component itself.
    component ??= resource;
    const isInside = resource !== component && own.startsWith(name);
    const aliases = isInside ? formerNames.map((former) => toAlias(former + own.slice(name.length))) : [];
    return { props, opts: { ...opts, aliases: [...(opts.aliases ?? []), ...aliases] } };
  };
}

function toAlias(name: string): pulumi.Alias {
  return { name };
}

/** Returns the name in an alias of a component; none if it is that of the component. */
function nameOf(alias: pulumi.Input<pulumi.URN | pulumi.Alias>): string[] {
  if (typeof alias === "string") {
    return [alias.split("::").slice(3).join("::")];
  }
  const { name } = alias as Partial<pulumi.Alias>;
  return typeof name === "string" ? [name] : [];
}
