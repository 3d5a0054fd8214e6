import organisationsnummerModule from 'organisationsnummer';
import personnummerModule from 'personnummer';

/**
 * Both packages export their class as the whole CommonJS module, while their types describe a default export:
 * what Node hands over is the class itself.
 */
export const Personnummer = personnummerModule as unknown as (typeof personnummerModule)['default'];
export const Organisationsnummer = organisationsnummerModule as unknown as (typeof organisationsnummerModule)['default'];
