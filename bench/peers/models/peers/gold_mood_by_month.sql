/*---
columns:
  - name: mood
    data_tests:
      - accepted_values: { values: [happy_energetic, happy_calm, sad_energetic, sad_calm, neutral, unknown] }
---*/
with counted as (
    select played_month, mood, count(*) as plays
    from {{ref 'silver_listening_with_features'}}
    group by played_month, mood
)
select
    played_month,
    mood,
    plays,
    plays * 1.0 / sum(plays) over (partition by played_month) as share
from counted
