/** Who we are on the PZ Server, who else is there, and the lists that products are sorted by. */
import type { Client } from './client';
import { readAll } from './pzserver-lists';
import { checkMe, checkRelease, checkType, checkUser } from './validate';

export interface INamed {
  readonly id: number;
  readonly name: string;
  readonly displayName: string;
}

/** A choice of photometry; its name is that of a folder of the release. */
export interface IReleaseChoice {
  readonly name: string;
  readonly displayName: string;
  /** What the server would take. */
  readonly selected: boolean;
  /** Not to be had yet. */
  readonly disabled: boolean;
}

export interface IRelease extends INamed {
  readonly description: string;
  /** Every user of the server may see its products. */
  readonly isPublic: boolean;
  /** Whether its objects are there with magnitudes, and with fluxes. */
  readonly hasMagnitudes: boolean;
  readonly hasFluxes: boolean;
  readonly fluxes: readonly IReleaseChoice[];
  readonly dereddening: readonly IReleaseChoice[];
}

export interface IUser {
  readonly name: string;
  /** As written below products. */
  readonly label: string;
}

export interface IMe {
  /** The server tells the display name here, which need not be the user name of the owner of a product. */
  readonly name: string;
  readonly isAdmin: boolean;
}

export type UserCalls = ReturnType<typeof userCalls>;

export function userCalls(client: Client) {
  return {
    async types(signal?: AbortSignal): Promise<INamed[]> {
      const query = { ordering: 'order' };
      const all = await readAll(client, 'Product types', 'pz/product-types/', query, checkType, signal);
      return all.map(({ id, name, display_name: shown }) => ({ id, name, displayName: shown || name }));
    },

    /** The releases that the user may see, newest first. */
    async releases(signal?: AbortSignal): Promise<IRelease[]> {
      const all = await readAll(client, 'Releases', 'pz/releases/', {}, checkRelease, signal);
      return all.map(raw => ({
        id: raw.id,
        name: raw.name,
        displayName: raw.display_name || raw.name,
        description: raw.description ?? '',
        isPublic: raw.is_public === true || raw.access_groups?.length === 0,
        hasMagnitudes: raw.has_mag_hats === true,
        hasFluxes: raw.has_flux_hats === true,
        fluxes: choicesOf(raw.fluxes),
        dereddening: choicesOf(raw.dereddening)
      }));
    },

    async users(signal?: AbortSignal): Promise<IUser[]> {
      const all = await readAll(client, 'Users', 'pz/users/', {}, checkUser, signal);
      return all.map(raw => {
        const whole = [raw.first_name, raw.last_name].filter(Boolean).join(' ');
        return { name: raw.username, label: whole ? `${raw.username} (${whole})` : raw.username };
      });
    },

    async me(signal?: AbortSignal): Promise<IMe> {
      const raw = checkMe(
        await client.json<unknown>('Who you are', 'pz/logged_user/', { method: 'POST', json: {}, signal })
      );
      return { name: raw.username, isAdmin: raw.is_admin === true };
    },

    /** Use another server from now on; an empty address is the engine's own. */
    async chooseServer(url: string): Promise<void> {
      await client.reply('Choosing the server', 'server', { method: 'POST', json: { url } });
    },

    /** Forget the token that is kept for the server. */
    async signOut(): Promise<void> {
      await client.reply('Signing out', 'token', { method: 'DELETE' });
    }
  };
}

function choicesOf(
  raw:
    | readonly { name: string; display_name?: string; selected?: boolean | null; disabled?: boolean | null }[]
    | null
): IReleaseChoice[] {
  return (raw ?? []).map(({ name, display_name: shown, selected, disabled }) => ({
    name,
    displayName: shown || name,
    selected: selected === true,
    disabled: disabled === true
  }));
}
