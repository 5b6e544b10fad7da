/*---
columns:
  - name: r
    data_tests:
      - not_null
---*/
with base as (
    select danceability, energy, loudness, acousticness, valence, tempo
    from {{ref 'silver_listening_with_features'}}
    where has_features
)
select 'energy' as feature_a, 'valence' as feature_b, corr(energy, valence) as r from base
union all
select 'energy' as feature_a, 'loudness' as feature_b, corr(energy, loudness) as r from base
union all
select 'energy' as feature_a, 'acousticness' as feature_b, corr(energy, acousticness) as r from base
union all
select 'danceability' as feature_a, 'valence' as feature_b, corr(danceability, valence) as r from base
union all
select 'danceability' as feature_a, 'tempo' as feature_b, corr(danceability, tempo) as r from base
union all
select 'tempo' as feature_a, 'energy' as feature_b, corr(tempo, energy) as r from base
