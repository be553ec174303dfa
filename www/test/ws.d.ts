// As much of it as these tests use.
declare module "ws" {
  import { EventEmitter } from "node:events";

  export default class WebSocket extends EventEmitter {
    constructor(address: string);
    send(message: string): void;
    close(): void;
  }
}
