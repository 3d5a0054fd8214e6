import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { asStationFault, StationFault } from '../../drivers/contracts/fault.ts';
import type { StationDesk } from '../station/station-desk.ts';

const textPlain = 'text/plain; version=0.0.4; charset=utf-8';
const statusOk = 200;
const statusUnknown = 404;
const statusBroken = 500;

/** Where metrics are asked for from another computer or program. */
export interface MetricsAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** A listener for metrics, and nothing else. */
export interface MetricsServer extends AsyncDisposable {
  readonly port: number;
}

/** Answers `GET /metrics` with the station's figures as Prometheus text. */
export async function answerMetrics(desk: Pick<StationDesk, 'metrics'>, response: ServerResponse): Promise<void> {
  response.writeHead(statusOk, { 'Content-Type': textPlain }).end(await desk.metrics({}));
}

/** Serves `GET /metrics` on TCP, for a collector that cannot open the desk's socket. Throws `CFG-INVALID` when the address cannot be listened on. */
export async function openMetricsServer({ host, port }: MetricsAddress, desk: Pick<StationDesk, 'metrics'>): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(statusUnknown).end();
      return;
    }
    answerMetrics(desk, response).catch((error: unknown) => { response.writeHead(statusBroken, { 'Content-Type': 'text/plain' }).end(asStationFault(error).code); });
  });
  server.listen({ host, port });
  await once(server, 'listening').catch((error: unknown) => {
    throw new StationFault('CFG-INVALID', { field: 'metrics', note: error instanceof Error ? error.message : String(error) }, error);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    },
  };
}
