import type { TranslationBundle } from '@jupyterlab/translation';
import { type FormEvent, useEffect, useRef, useState } from 'react';

import type { IConfig } from '../api';
import type { PanelModel } from './model';
import type { ITrouble } from './section';

export interface IAccountDetailsProps {
  readonly model: PanelModel;
  readonly config: IConfig;
  readonly trans: TranslationBundle;
  /** The server does not accept the token. */
  readonly wrong: boolean;
}

/** Which server, who we are there, where tokens are kept, and how to change any of it. */
export function AccountDetails({ model, config, trans, wrong }: IAccountDetailsProps): JSX.Element {
  const { pzserver } = config;
  const [renewing, setRenewing] = useState(false);
  const [trouble, act] = useAction();
  // a variable is not ours to remove
  const variable = /^[A-Z_]+$/.test(pzserver.kept ?? '');
  return (
    <div className="tsm-Panel-accountDetails">
      <ServerChoice model={model} config={config} trans={trans} />
      {!pzserver.configured && (
        <p className="tsm-mod-muted">
          {trans.__('Catalogues are kept by the engine on this machine. It needs no token.')}
        </p>
      )}
      {pzserver.kind === 'development' && (
        <p className="tsm-mod-muted">
          {trans.__('A server for trying things out: what is on it may go away at any time.')}
        </p>
      )}
      {pzserver.configured && pzserver.token === 'present' && (
        <>
          <p>
            {pzserver.user
              ? trans.__('Signed in as %1.', pzserver.user)
              : trans.__('A token is there; the server has not said whose it is.')}
            {pzserver.kept && (
              <span className="tsm-mod-muted"> {trans.__('The token is in %1.', pzserver.kept)}</span>
            )}
          </p>
          <div className="tsm-Panel-accountButtons">
            {!renewing && (
              <button type="button" className="tsm-Panel-textButton" onClick={() => setRenewing(true)}>
                {trans.__('Enter another token')}
              </button>
            )}
            {!variable && (
              <button
                type="button"
                className="tsm-Panel-textButton"
                onClick={() => void act(() => model.signOut())}
              >
                {trans.__('Sign out')}
              </button>
            )}
          </div>
          {trouble}
        </>
      )}
      {pzserver.configured && (pzserver.token !== 'present' || renewing) && (
        <TokenForm
          model={model}
          config={config}
          trans={trans}
          wrong={wrong}
          done={() => setRenewing(false)}
        />
      )}
      {pzserver.rsp && (
        <p className="tsm-mod-muted">
          {trans.__(
            'The Science Platform’s own token, for its catalogues, is read from %1 at each use; it is another than the PZ Server’s.',
            pzserver.rsp
          )}
        </p>
      )}
    </div>
  );
}

const OTHER = 'other';

function ServerChoice({ model, config, trans }: Omit<IAccountDetailsProps, 'wrong'>): JSX.Element | null {
  const { url, choices = [], fixed, name } = config.pzserver;
  const [typing, setTyping] = useState(false);
  const [address, setAddress] = useState('');
  const [trouble, act] = useAction();
  if (fixed || choices.length === 0) {
    return fixed ? (
      <p className="tsm-mod-muted">
        {trans.__('%1 (%2) is the server that this Jupyter server is set up for.', name, url)}
      </p>
    ) : null;
  }
  const known = choices.some(one => one.url === url);
  const choose = (value: string) => {
    if (value === OTHER) {
      setTyping(true);
      return;
    }
    setTyping(false);
    void act(() => model.chooseServer(value));
  };
  const use = (event: FormEvent) => {
    event.preventDefault();
    void act(() => model.chooseServer(address).then(() => setTyping(false)));
  };
  return (
    <div className="tsm-Panel-servers">
      <label>
        <span>{trans.__('Server')}</span>
        <select
          className="jp-mod-styled"
          value={typing ? OTHER : url}
          onChange={event => choose(event.target.value)}
        >
          {choices.map(one => (
            <option key={one.url} value={one.url}>
              {one.kind === 'engine' ? trans.__('own engine, on this machine') : one.name}
            </option>
          ))}
          {!known && <option value={url}>{name}</option>}
          <option value={OTHER}>{trans.__('another …')}</option>
        </select>
      </label>
      {typing && (
        <form className="tsm-Panel-token" onSubmit={use}>
          <label>
            {trans.__('Address of its interface')}
            <input
              autoFocus
              className="jp-mod-styled"
              type="url"
              placeholder="pz.example.org/api/"
              value={address}
              onChange={event => setAddress(event.target.value)}
            />
          </label>
          <div className="tsm-Panel-accountButtons">
            <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={address.trim() === ''}>
              {trans.__('Use it')}
            </button>
            <button type="button" className="tsm-Panel-textButton" onClick={() => setTyping(false)}>
              {trans.__('Cancel')}
            </button>
          </div>
        </form>
      )}
      {trouble}
    </div>
  );
}

interface ITokenFormProps extends IAccountDetailsProps {
  done(): void;
}

function TokenForm({ model, config, trans, wrong, done }: ITokenFormProps): JSX.Element {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [trouble, act] = useAction();
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    void act(async () => {
      try {
        await model.enterToken(token);
      } finally {
        if (alive.current) {
          setToken(''); // right or wrong, it does not stay in the page
          setBusy(false);
        }
      }
      done();
    });
  };
  const site = config.pzserver.url.replace(/\/api\/?$/, '');
  return (
    <form className="tsm-Panel-token" onSubmit={submit}>
      <label>
        {wrong
          ? trans.__('The server does not accept the stored token. Enter a new one:')
          : trans.__('API token')}
        <input
          type="password"
          className="jp-mod-styled"
          autoComplete="off"
          spellCheck={false}
          value={token}
          onChange={event => setToken(event.target.value)}
        />
      </label>
      {trouble}
      <p className="tsm-mod-muted">
        {trans.__(
          'Make it on the server’s web site: your name at the top right, then API Token. A new token ends the old one, so give it to your notebooks and scripts too.'
        )}{' '}
        <a href={site} target="_blank" rel="noreferrer">
          {trans.__('Open %1', config.pzserver.name)}
        </a>
      </p>
      <div className="tsm-Panel-tokenButtons">
        <span className="tsm-mod-muted">{trans.__('Kept by the Jupyter server, never in the browser.')}</span>
        <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={busy || token.trim() === ''}>
          {busy ? trans.__('Checking …') : trans.__('Use it')}
        </button>
      </div>
    </form>
  );
}

/** Runs what may fail; what it failed with stands where the first of the two is put. */
function useAction(): [JSX.Element | null, (what: () => Promise<void>) => Promise<void>] {
  const [trouble, setTrouble] = useState<ITrouble | null>(null);
  const act = async (what: () => Promise<void>) => {
    setTrouble(null);
    await what().catch((error: ITrouble) => setTrouble(error));
  };
  const shown = trouble && (
    <p role="alert">
      {trouble.message} {trouble.remedy}
    </p>
  );
  return [shown, act];
}
