// Types of what these tests use of it.
declare module "ws" {
  import { EventEmitter } from "node:events";

  export default class WebSocket extends EventEmitter {
    constructor(address: string);
    send(message: string): void;
    close(): void;
  }
}
