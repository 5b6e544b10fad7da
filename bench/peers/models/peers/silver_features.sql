/*---
columns:
  - name: track_id
    data_tests:
      - unique
      - not_null
      - relationships: { to: bronze_catalogue, field: track_id }
  - name: mood
    data_tests:
      - accepted_values: { values: [happy_energetic, happy_calm, sad_energetic, sad_calm, neutral] }
---*/
with one_row as (
    select
        track_id,
        avg(danceability) as danceability,
        avg(energy) as energy,
        avg(loudness) as loudness,
        avg(speechiness) as speechiness,
        avg(acousticness) as acousticness,
        avg(instrumentalness) as instrumentalness,
        avg(liveness) as liveness,
        avg(valence) as valence,
        avg(tempo) as tempo
    from {{ref 'bronze_catalogue'}}
    where track_id is not null and track_name is not null
    group by track_id
)
select
    *,
    case
        when valence >= 0.6 and energy >= 0.6 then 'happy_energetic'
        when valence >= 0.6 and energy < 0.4 then 'happy_calm'
        when valence < 0.4 and energy >= 0.6 then 'sad_energetic'
        when valence < 0.4 and energy < 0.4 then 'sad_calm'
        else 'neutral'
    end as mood
from one_row
