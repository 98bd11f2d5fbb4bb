import type { Server, Socket } from 'node:net';

/** Connections of a server that nothing has come of: no encryption, no request. A server that closes would wait for them. */
export class NewConnections {
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** It is in use now. With TLS this is the encrypted socket, and the one that it came from is found by the peer. */
  forget(used: Socket): void {
    if (this.#sockets.delete(used) || used.remotePort === undefined) return;
    for (const socket of this.#sockets) {
      const isSame = socket.remotePort === used.remotePort && socket.remoteAddress === used.remoteAddress;
      if (isSame) this.#sockets.delete(socket);
    }
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
