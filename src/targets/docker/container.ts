/** A container as a list of them tells of it. */
export interface Container {
  readonly Id: string;
  readonly Names: readonly string[] | null;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly State: string;
  readonly Ports: readonly ContainerPort[] | null;
  readonly HostConfig: { readonly NetworkMode: string };
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, ContainerNetwork | null>> | null;
  } | null;
}

export interface ContainerPort {
  readonly Type: string;
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly IP?: string;
}

export interface ContainerNetwork {
  readonly NetworkID: string;
  readonly IPAddress: string;
}

export interface Network {
  readonly Id: string;
  readonly Name: string;
  readonly Scope: string;
  readonly Internal: boolean;
  readonly Ingress: boolean;
  readonly Labels: Readonly<Record<string, string>> | null;
}

/** A container looked at by itself. */
export interface ContainerState {
  readonly State: { readonly Running: boolean; readonly FinishedAt: string };
  readonly Config: { readonly Tty: boolean };
}

/** Whether it is writing a log, or may be again in a moment. */
export function isAlive({ State }: Container): boolean {
  return State === 'running' || State === 'paused' || State === 'restarting';
}
