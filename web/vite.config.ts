import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npx vite build web` writes web/dist, which the controller serves; `npx vite web` develops against a running one. */
export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // The page's policy forbids inline resources, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true, changeOrigin: true } } },
});
