import { openRedisClaims } from '../../queue/claim/redis-claims.ts';
import { ClaimServer, claimsOn } from '../campaign/simulation/claim-server.ts';
import { TestRedis } from '../support/queue/test-redis.ts';
import { claimsContract } from './claims-contract.ts';

claimsContract('Claims on Redis', async () => {
  const redis = await TestRedis.open();
  return {
    station: async (stationId, stations) => openRedisClaims({ link: await redis.link(), stationId, stations, prefix: '{claims}' }),
    restart: () => redis.restart(),
    forgetAll: () => redis.forgetAll(),
    remember: () => redis.remember(),
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  };
});

// The simulation's server keeps the same contract, so that what is simulated with it holds for Redis.
claimsContract('Claims in memory', async () => {
  const server = new ClaimServer();
  return {
    station: async (stationId, stations) => claimsOn(server, stationId, stations),
    restart: async () => server.restart(),
    forgetAll: async () => server.forgetAll(),
    remember: async () => {
      const memory = server.remember();
      return async () => server.rollBack(memory);
    },
    [Symbol.asyncDispose]: async () => { server.up = false; },
  };
});
