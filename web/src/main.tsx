import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.js';
import { chosenLanguage, chosenTheme, showTheme } from './kit/look.js';
import './styles/index.css';

showTheme(chosenTheme());
document.documentElement.lang = chosenLanguage();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
