import { openRedisClaims } from '../../queue/claim/redis-claims.ts';
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
